import Database
import Glibc
import Support
import TestSupport
import Testing

@Suite struct TextIndexTests {
    private let folder: TemporaryFolder
    private let index: TextIndex

    init() throws {
        folder = try TemporaryFolder()
        index = try TextIndex.open(path: folder.file("index.db"), name: "words", columns: ["title", "body"])
    }

    private typealias Record = (id: Int64, texts: [String?])

    private func update(
        remove: [Record] = [],
        add: [Record] = [],
        to id: Int64,
        from: TextIndex.Position? = nil
    ) throws -> Bool {
        let before = try from.map { TextIndex.Progress(position: $0) } ?? index.progress()
        let old = Dictionary(uniqueKeysWithValues: remove.map { ($0.id, $0.texts) })
        let new = Dictionary(uniqueKeysWithValues: add.map { ($0.id, $0.texts) })
        return try index.update(from: before, to: Self.progress(id), wait: true) { pass in
            for id in Set(old.keys).union(new.keys).sorted() { try pass.replace(id, old: old[id], new: new[id]) }
        }
    }

    private static func progress(_ id: Int64, _ mark: String? = nil) -> TextIndex.Progress {
        TextIndex.Progress(position: TextIndex.Position(id: id, mark: mark ?? "m\(id)"))
    }

    private func found(_ text: String, _ columns: [String] = [], in other: TextIndex? = nil) throws -> [Int64]? {
        guard let query = TextQuery(text, columns: columns) else { return nil }
        return try (other ?? index).connection.all(
            "SELECT rowid FROM words WHERE words MATCH \(query.expression) ORDER BY rowid"
        ) { row in row.int(0) }
    }

    @Test func findsWhatWasPutInAndNotWhatWasTakenOut() throws {
        #expect(try index.progress() == .start)
        #expect(try update(add: [(1, ["Red apple", "sweet"]), (2, ["Green pear", nil])], to: 7))
        #expect(try index.progress() == Self.progress(7))
        #expect(try found("app") == [1])
        #expect(try found("red sw") == [1], "every word, as a beginning, in any column")
        #expect(try found("pear red") == [])
        #expect(try found("sweet", ["title"]) == [])
        #expect(try found("sweet", ["title", "body"]) == [1])
        #expect(try update(remove: [(1, ["Red apple", "sweet"])], add: [(1, ["Red plum", "sweet"])], to: 8))
        #expect(try found("apple") == [])
        #expect(try found("plum") == [1])
        #expect(try update(remove: [(2, ["Green pear", nil])], to: 9))
        #expect(try found("pear") == [])
    }

    @Test func doesNothingWhenSomebodyElseMovedThePosition() throws {
        #expect(try update(add: [(1, ["one", nil])], to: 5))
        #expect(try update(add: [(2, ["two", nil])], to: 6, from: .start) == false)
        #expect(try update(add: [(2, ["two", nil])], to: 6, from: TextIndex.Position(id: 5, mark: "foreign")) == false)
        #expect(try index.progress().position.id == 5)
        #expect(try found("two") == [])
    }

    @Test func doesNotWaitWhenToldSo() throws {
        let gate = try WriterGate(databasePath: folder.file("index.db"), deadlineMilliseconds: 100)
        try gate.acquire(priority: .interactive)
        let done = try index.update(from: .start, to: Self.progress(1), wait: false) { _ in }
        #expect(!done)
        gate.release()
    }

    @Test func aFailureInTheMiddleChangesNothing() throws {
        struct Interruption: Error {}
        #expect(throws: Interruption.self) {
            _ = try index.update(from: .start, to: Self.progress(3), wait: true) { pass in
                try pass.replace(1, old: nil, new: ["half", nil])
                throw Interruption()
            }
        }
        #expect(try index.progress() == .start)
        #expect(try found("half") == [])
    }

    @Test func isReplacedAndOpenedAgain() throws {
        #expect(try update(add: [(1, ["one", "two"])], to: 5))
        let path = folder.file("index.db")
        let again = try TextIndex.open(path: path, name: "words", columns: ["title", "body"])
        #expect(try again.progress().position.id == 5)
        try TextIndex.remove(path, try #require(FileIdentity(path)), keeping: false)
        #expect(throws: TextIndexReplaced.self) { _ = try index.progress() }
        #expect(throws: TextIndexReplaced.self) { _ = try again.merge() }
        let new = try TextIndex.open(path: path, name: "words", columns: ["title", "body"])
        #expect(try new.progress() == .start)
        #expect(throws: TextIndexReplaced.self) { _ = try update(add: [(1, ["lost", nil])], to: 1, from: .start) }
    }

    private static let columns = ["title", "body"]

    @Test(
        "A file that is no index, or none of this version, is replaced and the damaged one is put aside",
        arguments: ["head", "middle", "empty", "short", "text", "folder", "tables", "version", "state"]
    )
    func damaged(how: String) throws {
        let path = folder.file("other.db")
        do {
            let index = try TextIndex.open(path: path, name: "words", columns: Self.columns)
            let done = try index.update(from: .start, to: Self.progress(9), wait: true) { pass in
                for id in 1...2000 as ClosedRange<Int64> {
                    try pass.replace(id, old: nil, new: ["word\(id) \(randomBytes(20).hex)", "\(randomBytes(40).hex)"])
                }
            }
            #expect(done)
            switch how {
            case "tables": try index.connection.write { try index.connection.execute("DROP TABLE words") }
            case "version": try index.connection.write { try index.connection.execute("PRAGMA user_version = 1") }
            case "state": try index.connection.write { try index.connection.execute("DROP TABLE text_index_progress") }
            default: break
            }
            try #require(try index.connection.checkpoint())
        }
        let size = Int(Files.size(path) ?? 0)
        var bytes = try Files.read(path)
        switch how {
        case "head": bytes.replaceSubrange(0..<100, with: randomBytes(100))
        case "middle": bytes.replaceSubrange(4096..<size - 4096, with: randomBytes(size - 8192))
        case "empty": bytes = []
        case "short": bytes.removeLast(size - 5000)
        case "text": bytes = Array("Not found\n".utf8)
        default: break
        }
        try Files.replace(path, with: bytes)
        if how == "folder" {
            unlink(path)
            try Files.makeFolder(path)
        }
        var replaced: [TextIndex.Replacement] = []
        let index = try TextIndex.open(path: path, name: "words", columns: Self.columns) { replacement in
            replaced.append(replacement)
            return .start
        }
        if how != "middle" {
            #expect(try index.progress() == .start)
            #expect(replaced.count == 1)
        }
        let isKept = !["empty", "version", "tables", "state", "middle"].contains(how)
        if isKept { #expect(Files.exists(TextIndex.asidePath(path))) }
        // What lies in the middle is found when it is read.
        let isWell = (try? index.matching(try #require(TextQuery("word1")), in: 1...2000)) != nil
        #expect(isWell == !replaced.isEmpty)
    }

    @Test func mergesUntilNothingIsLeft() throws {
        for round in 1...40 {
            let id = Int64(round)
            #expect(try update(add: [(id, ["word\(round) common", nil])], to: id))
        }
        var steps = 0
        while try index.merge(pages: 8), steps < 1000 { steps += 1 }
        #expect(steps > 0 && steps < 1000)
        #expect(try found("common")?.count == 40)
    }

    @Test(
        arguments: [
            ("apple", [1]), ("APPLE", [1]), ("crème", [2]), ("creme", [2]), ("cre\u{300}me", [2]), ("ÉCLAIR", [2]),
            ("naïv", [2]), ("42", [3]), ("ß", [3]), ("日本", [3]), ("x-y_z", [3]), ("y x", [3]), ("\"apple\"", [1]),
            ("apple OR creme", []), ("NOT apple", []), ("app*", [1]), ("title:apple", []), ("^apple", [1]),
            ("(apple", [1]), ("apple)", [1]), ("apple\u{0}pie", []), ("'; DROP TABLE words; --", []),
            ("apple \u{301}", [1]), ("Straße", [3]), ("हिन्दी", [4]), ("हि", [4]),
        ] as [(String, [Int64])]
    )
    func wordsAreWords(text: String, expected: [Int64]) throws {
        _ = try update(
            add: [
                (1, ["An apple", nil]), (2, ["Crème éclair", "naïve"]), (3, ["42 Straße ßa x.y_z", "日本語"]),
                (4, ["हिन्दी", nil]),
            ],
            to: 4
        )
        #expect(try found(text) == expected)
    }

    @Test(arguments: ["", " ", "\t\n", "\"", "*", "-- !!! ()", "€", "…", "\u{301}", "\u{0}", "_", "😀"])
    func withoutAWordThereIsNoQuery(text: String) {
        #expect(TextQuery(text) == nil)
    }

    @Test(
        "A word that others begin with adds nothing and is not asked for",
        arguments: [
            ("a a a", "a"), ("a ab abc", "abc"), ("APPLE apple Appl", "apple"), ("apple pie app", "apple pie"),
            ("cafe cafe\u{301}s", "cafe\u{301}s"), ("pie apple", "apple pie"), ("É é", "É é"),
        ]
    )
    func fewestWords(text: String, asked: String) {
        let terms = asked.split(separator: " ").map { "\"\($0)\"*" }
        #expect(TextQuery(text)?.expression == "(\(terms.joined(separator: " AND ")))")
    }

    @Test func tooManyWordsAreDifferentOnes() {
        let words = (10..<43).map { "w\($0)" }
        #expect(TextQuery.hasTooManyWords(words.joined(separator: " ")))
        #expect(!TextQuery.hasTooManyWords(words.dropFirst().joined(separator: "-")))
        #expect(!TextQuery.hasTooManyWords(String(repeating: "w w10 ", count: 7500)))
        // FTS5 makes two words of this one at each such mark.
        #expect(TextQuery.hasTooManyWords(String(repeating: "a\u{305}", count: 129)))
        #expect(!TextQuery.hasTooManyWords(String(repeating: "हिन्दी ", count: 100)))
        #expect(!TextQuery.hasTooManyWords(String(repeating: "\u{305} ", count: 500)))
    }

    @Test func queriesAreJoined() throws {
        _ = try update(add: [(1, ["red", "sweet"]), (2, ["red", "sour"])], to: 2)
        let both = try TextQuery.all([#require(TextQuery("red", columns: ["title"])), #require(TextQuery("sw"))])
        let rows = try index.connection.all("SELECT rowid FROM words WHERE words MATCH \(both.expression)") { row in
            row.int(0)
        }
        #expect(rows == [1])
    }

    @Test func anotherDatabaseSeesIt() throws {
        _ = try update(add: [(1, ["red", nil])], to: 1)
        let connection = try Connection(path: folder.file("main.db"), role: .web)
        try connection.attach(folder.file("index.db"), as: "se\"arch")
        let count = try connection.first("SELECT COUNT(*) FROM \(ident: "se\"arch").words WHERE words MATCH 'red'") {
            row in
            row.int(0)
        }
        #expect(count == 1)
    }

    @Test func otherColumnsBeginTheLogAnew() throws {
        #expect(try update(add: [(1, ["one", "first"])], to: 5))
        let path = folder.file("index.db")
        let wider = try TextIndex.open(path: path, name: "words", columns: ["title", "maker", "body"])
        #expect(try wider.progress() == .start)
        #expect(try found("one", in: wider) == [])
        #expect(index.connection.hasMoved)
        let done = try wider.update(from: .start, to: Self.progress(5), wait: true) { pass in
            try pass.replace(1, old: nil, new: ["one", "acme", "first"])
        }
        #expect(done)
        #expect(try found("acme", ["maker"], in: wider) == [1])
        // Who opens it as it stands changes nothing.
        #expect(
            try TextIndex.open(path: path, name: "words", columns: ["title", "maker", "body"]).progress().position.id
                == 5
        )
        #expect(try TextIndex.open(path: path, name: "words", columns: ["title", "body"]).progress() == .start)
    }
}
