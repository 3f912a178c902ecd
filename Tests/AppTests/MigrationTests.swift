import Database
import Support
import Testing

@testable import App

@Suite struct MigrationTests {
    /// The migrations of released versions, by checksum and id. A new one is added with its release.
    private static func released() throws -> [String: String] {
        let folder = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined()
        let text = String(decoding: try Files.read("\(folder)/Frozen/migrations.txt"), as: UTF8.self)
        return Dictionary(
            uniqueKeysWithValues: text.split(separator: "\n").map { line in
                let parts = line.split(separator: " ", maxSplits: 1)
                return (String(parts[1]), String(parts[0]))
            }
        )
    }

    /// A database that has applied one refuses to work with another text of it.
    @Test func theTextsOfReleasedMigrationsStayAsTheyWere() throws {
        let connection = try Connection.inMemory()
        try Composition.migrator.up(connection)
        let applied = Dictionary(
            uniqueKeysWithValues: try connection.all("SELECT id, checksum FROM schema_migration") { row in
                (row.text(0), row.text(1))
            }
        )
        let released = try Self.released()
        #expect(released.count >= 27)
        for (id, checksum) in released { #expect(applied[id] == checksum, "\(id)") }
    }
}
