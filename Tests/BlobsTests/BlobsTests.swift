import Blobs
import Database
import Support
import TestSupport
import Testing

@Suite("Files by their hash")
struct BlobsTests {
    private final class House {
        let folder: TemporaryFolder
        let connection: Connection
        let blobs: Blobs
        var store: BlobStore { BlobStore(connection) }
        let uses = [BlobUse("thing", "hash")]

        init() throws {
            folder = try TemporaryFolder()
            connection = try Connection(path: folder.file("bodega.db"), role: .web)
            blobs = Blobs(besides: connection)
            let thing = Migration("2026-12-01-99 thing", up: ["CREATE TABLE thing (hash TEXT)"], down: [])
            try Migrator(BlobsSchema.migrations + [thing]).up(connection)
        }

        func use(_ name: String, at now: Timestamp) throws {
            try connection.write {
                try store.use(name, in: blobs, mediaType: "text/plain", at: now)
                try connection.execute("INSERT INTO thing (hash) VALUES (\(name))")
            }
        }

        /// Whole rounds until there is nothing to do.
        func clean(at now: Timestamp) throws {
            let cleaning = BlobCleaning(store, blobs, uses: uses)
            while try cleaning.step(at: now, days: 7) {}
        }
    }

    private static let start = Timestamp(milliseconds: 1_800_000_000_000)

    @Test("The same bytes are one file, whatever is made of it stands beside it")
    func files() throws {
        let house = try House()
        let name = try house.blobs.put(Array("one".utf8))
        #expect(name == "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed")
        #expect(try house.blobs.put(Array("one".utf8)) == name)
        try house.blobs.put(Array("small".utf8), madeOf: name, "-96.webp")
        #expect(house.blobs.names() == [name])
        #expect(try house.blobs.read(name) == Array("one".utf8) && house.blobs.has(name, "-96.webp"))
        #expect(house.blobs.address(name, "-96.webp") == "/internal/blobs/76/\(name)-96.webp")
        try house.blobs.remove(name)
        #expect(house.blobs.names().isEmpty && !house.blobs.has(name, "-96.webp"))
        try house.blobs.remove(name)
        #expect(Blobs.isName(name) && !Blobs.isName("../../etc/passwd") && !Blobs.isName(name.uppercased()))
    }

    @Test("What nothing uses goes after its days, what is used again stays")
    func unused() throws {
        let house = try House()
        let kept = try house.blobs.put(Array("kept".utf8))
        let gone = try house.blobs.put(Array("gone".utf8))
        let back = try house.blobs.put(Array("back".utf8))
        for name in [kept, gone, back] { try house.use(name, at: Self.start) }
        try house.connection.write {
            try house.connection.execute("DELETE FROM thing WHERE hash IN \(list: [gone, back])")
        }
        try house.clean(at: Self.start)
        try house.clean(at: Self.start.adding(seconds: 6 * 86_400))
        #expect(house.blobs.names().count == 3)
        try house.use(back, at: Self.start.adding(seconds: 6 * 86_400))
        try house.clean(at: Self.start.adding(seconds: 8 * 86_400))
        #expect(Set(house.blobs.names()) == [kept, back])
        #expect(try house.store.count() == 2)
    }

    @Test("A use of a file that went meanwhile is refused, so that it is put there again")
    func vanished() throws {
        let house = try House()
        let name = try house.blobs.put(Array("one".utf8))
        try house.blobs.remove(name)
        #expect(throws: RecordChanged.self) { try house.use(name, at: Self.start) }
    }

    @Test("Files that were never used go after a day, with half ones")
    func strays() throws {
        let house = try House()
        let stray = try house.blobs.put(Array("stray".utf8))
        let used = try house.blobs.put(Array("used".utf8))
        try house.use(used, at: Self.start)
        let cleaning = BlobCleaning(house.store, house.blobs, uses: house.uses)
        // An upload that is under way: what is made of the file comes first.
        let half = Blobs.name(of: Array("half".utf8))
        try house.blobs.put(Array("small".utf8), madeOf: half, "-96.webp")
        let written = try #require(house.blobs.written(stray))
        #expect(try cleaning.removeStrays(at: written.adding(seconds: 3600)) == 0)
        #expect(house.blobs.has(half, "-96.webp"))
        #expect(try cleaning.removeStrays(at: written.adding(seconds: 90_000)) == 2)
        #expect(house.blobs.names() == [used])
    }

    @Test("Missing and changed files are told")
    func verify() throws {
        let house = try House()
        let names = try ["a", "b", "c"].map { try house.blobs.put(Array($0.utf8)) }
        for name in names { try house.use(name, at: Self.start) }
        try house.blobs.remove(names[0])
        try Files.replace("\(house.folder.path)/blobs/\(names[1].prefix(2))/\(names[1])", with: Array("x".utf8))
        var found: [BlobCleaning.Damage] = []
        let cleaning = BlobCleaning(house.store, house.blobs, uses: house.uses)
        #expect(try cleaning.verify { found.append($0) } == 3)
        #expect(found.count == 2 && found.contains(.missing(names[0])) && found.contains(.changed(names[1])))
    }
}
