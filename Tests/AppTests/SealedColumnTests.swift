import App
import Database
import IdentityTestSupport
import Support
import TestSupport
import Testing

@testable import Identity

/// A change of keys finds every secret: one that it does not know could never be opened again.
@Suite struct SealedColumnTests {
    private let folder: TemporaryFolder
    private let house: TestHouse

    init() throws {
        folder = try TemporaryFolder()
        house = try TestHouse(
            migrations: Composition.migrator.migrations,
            database: try Connection(path: folder.file("bodega.db"), role: .web)
        )
    }

    private struct Field {
        var name: String
        var type: String
        var isNeeded: Bool
    }

    /// Adds a row with a sealed secret, whatever else the table wants.
    /// - Returns: the key of the row as it stands in the secret's purpose.
    private func add(_ secret: String, to column: SecretVaultStore.Column) throws -> String {
        let fields = try house.database.all(
            "SELECT name, type, \"notnull\" = 1 AND dflt_value IS NULL FROM pragma_table_info(\(column.table))"
        ) { row in Field(name: row.text(0), type: row.text(1), isNeeded: row.bool(2)) }
        let key = try #require(fields.first { $0.name == column.key })
        let isNumber = key.type == "INTEGER"
        let name = isNumber ? "7" : "a.key"
        let sealed = try SecretVaultStore(house.database).seal(secret, "\(column.purpose):\(name)")
        var values: [(name: String, value: SQL)] = [
            (column.key, isNumber ? "7" : "\(name)"), (column.value, "\(sealed)"),
        ]
        if let flag = column.flag { values.append((flag, "1")) }
        for field in fields where field.isNeeded && !values.contains(where: { $0.name == field.name }) {
            values.append((field.name, field.type == "INTEGER" ? "1" : field.type == "BLOB" ? "x'00'" : "'x'"))
        }
        let names = values.map { "\(ident: $0.name)" as SQL }.joined(separator: ", ")
        let all = values.map(\.value).joined(separator: ", ")
        try house.database.execute("PRAGMA ignore_check_constraints = 1")
        try house.database.execute("PRAGMA foreign_keys = 0")
        try house.database.write {
            try house.database.execute("INSERT INTO \(ident: column.table) (\(names)) VALUES (\(all))")
        }
        return name
    }

    private func stored(_ column: SecretVaultStore.Column) throws -> String {
        try #require(
            try house.database.first("SELECT \(ident: column.value) FROM \(ident: column.table)") { row in row.text(0) }
        )
    }

    @Test func aChangeOfKeysGoesThroughEveryListedColumn() throws {
        let columns = Composition.secrets
        #expect(!columns.isEmpty)
        let names = try columns.map { try add("secret of \($0.table)", to: $0) }
        let before = try columns.map(stored)
        #expect(try SecretVaultStore(house.database).rotate(columns, context: house.context) == columns.count)
        for (index, column) in columns.enumerated() {
            let sealed = try stored(column)
            #expect(sealed != before[index], "\(column.table) is sealed with the old key")
            let opened = try SecretVaultStore(house.database).open(sealed, "\(column.purpose):\(names[index])")
            #expect(opened == "secret of \(column.table)")
        }
    }

    /// Whoever seals something keeps it in a table of which a column is listed.
    @Test func everyStoreThatSealsIsListed() throws {
        var sealing = 0
        for file in try sourceFiles() where !file.path.contains("/Kit/") && !file.path.contains("SecretVaultStore") {
            let text = file.lines.joined(separator: "\n")
            guard text.contains("SecretVaultStore("), text.contains(".seal(") else { continue }
            sealing += 1
            let isListed = Composition.secrets.contains { text.contains("INTO \($0.table) ") }
            #expect(isListed, "\(file.path) seals, and no column of its table is listed with a feature")
        }
        #expect(sealing > 0)
    }
}
