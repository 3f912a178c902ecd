import Crypto
package import Database
import Support

/// Secrets in the database, sealed with the keys in `secrets/keyring` beside it.
package struct SecretVaultStore {
    private let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// A column of sealed texts. Whoever keeps some lists it with the composition, so that a change of keys finds them.
    package struct Column: Sendable {
        let table: String
        /// Tells the rows apart.
        let key: String
        let value: String
        /// Rows count only where this column is 1; nil when all that are not NULL count.
        let flag: String?
        /// With the row's key behind it, what a secret is sealed for.
        let purpose: String

        package init(table: String, key: String, value: String, flag: String? = nil, purpose: String) {
            self.table = table
            self.key = key
            self.value = value
            self.flag = flag
            self.purpose = purpose
        }

        package static let configuration = Column(
            table: "configuration",
            key: "key",
            value: "value",
            flag: "is_encrypted",
            purpose: "configuration"
        )
    }

    /// The file with the keys. Throws for a database in memory, which has none.
    private var path: String {
        get throws {
            guard let slash = connection.path.lastIndex(of: "/") else {
                throw DatabaseError(.misuse, "a database without a folder keeps no secrets")
            }
            return "\(connection.path[..<slash])/secrets/keyring"
        }
    }

    /// Makes the file with a first key when it is not there.
    package func prepare() throws { _ = try KeyRing.open(path) }

    /// Seals a secret. Call inside the transaction that stores it.
    /// - Parameter purpose: what it is for; must be the same when it is opened.
    package func seal(_ secret: String, _ purpose: String) throws -> String {
        try Sealing.seal(Array(secret.utf8), try KeyRing.open(path).active, context: purpose)
    }

    /// The secret again. Throws when it was changed, or sealed for something else, or its key is gone.
    package func open(_ sealed: String, _ purpose: String) throws -> String {
        String(decoding: try Sealing.open(sealed, try KeyRing.open(path), context: purpose), as: UTF8.self)
    }

    /// Where a change of keys may be interrupted; each is safe.
    package enum Step: String, Sendable {
        /// The new key is on disk, nothing is sealed with it yet.
        case keyAdded = "key-added"
        /// Everything is sealed with it, but not committed.
        case resealed
        /// Committed; the old key is still in the file.
        case committed
    }

    /// Makes a new key and seals every secret with it, all in one transaction. The old key leaves the file when nothing
    /// needs it any more. Stopped anywhere, every secret opens as before, and the next change clears up.
    /// - Returns: how many secrets there are.
    package func rotate(
        _ columns: [Column],
        context: WriteContext,
        at step: (Step) throws -> Void = { _ in }
    ) throws -> Int {
        let path = try path
        let count = try connection.write {
            let ring = try KeyRing.open(path).addingKey()
            try step(.keyAdded)
            let count = try columns.reduce(0) { try $0 + reseal($1, ring) }
            let entry = AuditEntry(
                "configuration.rotate_key",
                "configuration",
                id: nil,
                after: ["secrets": .int(count)]
            )
            try AuditStore(connection).append(entry, context: context)
            try step(.resealed)
            return count
        }
        try step(.committed)
        // Under the gate: no process may be sealing with a key that goes.
        try connection.write {
            let used = try columns.reduce(into: Set<String>()) { used, column in
                for (_, sealed) in try rows(column) { Sealing.keyID(of: sealed).map { _ = used.insert($0) } }
            }
            _ = try KeyRing.open(path).keeping(used)
        }
        return count
    }

    private func rows(_ column: Column) throws(DatabaseError) -> [(key: DatabaseValue, sealed: String)] {
        let flag: SQL = column.flag.map { " AND \(ident: $0) = 1" } ?? ""
        return try connection.all(
            """
            SELECT \(ident: column.key), \(ident: column.value) FROM \(ident: column.table)
            WHERE \(ident: column.value) IS NOT NULL\(flag)
            """
        ) { row in (row.value(0), row.text(1)) }
    }

    private func reseal(_ column: Column, _ ring: KeyRing) throws -> Int {
        let rows = try rows(column)
        for (key, sealed) in rows {
            let name: String
            switch key {
            case .integer(let number): name = String(number)
            case .text(let text): name = text
            default: throw DatabaseError(.decoding, "a key of \(column.table) is neither a number nor a text")
            }
            let purpose = "\(column.purpose):\(name)"
            let again = try Sealing.seal(
                try Sealing.open(sealed, ring, context: purpose),
                ring.active,
                context: purpose
            )
            try connection.execute(
                """
                UPDATE \(ident: column.table) SET \(ident: column.value) = \(again)
                WHERE \(ident: column.key) = \(key)
                """
            )
        }
        return rows.count
    }
}
