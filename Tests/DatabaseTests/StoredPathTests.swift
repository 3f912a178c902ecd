import Support
import TestSupport
import Testing

@testable import Database

@Suite struct StoredPathTests {
    @Test(arguments: [
        ("/data/spool/uploads/a", StoredPath.inFolder("spool/uploads/a")), ("/data2/a", .outside("/data2/a")),
        ("/files/x.csv", .outside("/files/x.csv")), ("/data", .outside("/data")),
    ])
    func aPathBelowTheFolderIsStoredWithoutIt(path: String, stored: StoredPath) {
        #expect(StoredPath(path, in: "/data") == stored)
        #expect(StoredPath(text: stored.text) == stored && stored.path(in: "/data") == path)
        if case .inFolder(let name) = stored { #expect(stored.path(in: "/moved") == "/moved/\(name)") }
    }

    @Test(arguments: ["", "..", "../other/file", "spool/../../other"])
    func nothingLeadsOutOfTheFolder(text: String) {
        #expect(StoredPath(text: text) == nil)
    }

    @Test func theFolderIsThatOfTheDatabase() throws {
        let folder = try TemporaryFolder()
        #expect(try Connection(path: folder.file("a.db"), role: .web).folder == folder.path)
        let memory = try Connection.inMemory().folder
        #expect(memory.isEmpty && StoredPath("/tmp/a", in: memory).path(in: memory) == "/tmp/a")
    }
}

@Suite struct DamageMarkTests {
    /// A database of many pages, one of which is overwritten.
    private func damaged(_ folder: borrowing TemporaryFolder, _ name: String = "a.db") throws -> String {
        let path = folder.file(name)
        do {
            let connection = try Connection(path: path, role: .web)
            try connection.write {
                try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)")
                for number in 0..<500 {
                    try connection.execute("INSERT INTO t VALUES (\(number), \(String(repeating: "x", count: 200)))")
                }
            }
            #expect(try connection.quickCheck().isEmpty && connection.damage == nil)
            _ = try connection.checkpoint()
        }
        var bytes = try Files.read(path)
        for offset in (5 * 4096)..<(6 * 4096) { bytes[offset] = 0x5A }
        // In place: the gate's files and the log stay.
        try Files.replace(path, with: bytes)
        return path
    }

    @Test func aDamagedPageIsNotedBesideTheDatabase() throws {
        let folder = try TemporaryFolder()
        let path = try damaged(folder)
        let connection = try Connection(path: path, role: .web)
        #expect(connection.damage == nil)
        let error = #expect(throws: DatabaseError.self) {
            try connection.all("SELECT id, x FROM t") { row in row.text(1) }
        }
        #expect(error?.isDamage == true)
        #expect(connection.damage?.state == .suspected)
        let found = try connection.quickCheck()
        #expect(!found.isEmpty)
        let mark = DamageMark(database: path)
        try mark.confirm(found.joined(separator: "\n"))
        #expect(mark.read()?.state == .confirmed && mark.read()?.detail.isEmpty == false)
        // What is confirmed does not become a suspicion again.
        _ = try? connection.all("SELECT id, x FROM t") { row in row.text(1) }
        #expect(mark.read()?.state == .confirmed)
        try mark.clear()
        try mark.clear()
        #expect(mark.read() == nil)
    }

    @Test func whatCanBeMadeAnewIsNotNoted() throws {
        let folder = try TemporaryFolder()
        let path = try damaged(folder)
        let index = try Connection(path: path, role: .web, marksDamage: false)
        _ = try? index.all("SELECT id, x FROM t") { row in row.text(1) }
        #expect(index.damage == nil)
        let other = try Connection(path: folder.file("main.db"), role: .web)
        try other.attach(path, as: "search")
        #expect(throws: DatabaseError.self) { try other.all("SELECT id, x FROM search.t") { row in row.text(1) } }
        #expect(other.damage == nil)
        #expect(try other.quickCheck().isEmpty)
    }

    @Test func aFileThatIsNoDatabaseIsDamage() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a.db", [UInt8](repeating: 7, count: 8192))
        let error = #expect(throws: DatabaseError.self) { try Connection(path: path, role: .web) }
        #expect(error?.isDamage == true && DamageMark(database: path).read()?.state == .suspected)
    }

    @Test func whatAnIndexOfWordsSaysOfItselfIsNoDamageOfTheFile() {
        #expect(!DatabaseError(.sqlite(267), "").isDamage && DatabaseError(.sqlite(11), "").isDamage)
        #expect(DatabaseError(.sqlite(779), "").isDamage && DatabaseError(.sqlite(26), "").isDamage)
        #expect(!DatabaseError(.sqlite(10), "").isDamage && !DatabaseError(.decoding, "").isDamage)
    }
}
