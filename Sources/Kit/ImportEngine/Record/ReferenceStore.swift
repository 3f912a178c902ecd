package import Database
import Records
import Support
import Tables

/// Finds the records of another noun that cells name.
package protocol ReferenceReader: AnyObject {
    /// What is said of a cell that names no record, whose field is then left as it is; nil where its row is refused.
    var warningOfUnknown: ImportWarning? { get }
    func read(_ cell: UnsafeBufferPointer<UInt8>) -> ReferenceFinding
}

/// What a cell names.
package enum ReferenceFinding: Equatable {
    case record(Int64)
    case blank, unknown
}

/// Finds the records of another noun that cells name by their key.
final class ReferenceStore: ReferenceReader {
    let warningOfUnknown: ImportWarning? = nil

    /// Names that are kept; a file that names more begins anew.
    private static let most = 65_536

    private let find: Prepared
    private let key: StoredKey
    private let folded: FoldedKeys
    private var known: [ByteText: Int64] = [:]

    /// - Parameter table: one whose key is one text.
    init(_ connection: Connection, _ table: RecordTable) throws(DatabaseError) {
        key = StoredKey(table)
        var limit = 0
        if let name = table.key.fields.first, case .identifier(let max)? = table.field(name)?.kind { limit = max }
        folded = FoldedKeys(limit: limit)
        find = Prepared(
            try connection.prepare(
                "SELECT id FROM \(ident: table.name) WHERE \(key.condition) ORDER BY id DESC LIMIT 1"
            )
        )
    }

    func read(_ cell: UnsafeBufferPointer<UInt8>) -> ReferenceFinding {
        switch folded.read(cell) {
        case .blank: return .blank
        case .bad: return .unknown
        case .key(_, let bytes):
            let name = ByteText(String(decoding: bytes, as: UTF8.self))
            if let id = known[name] { return .record(id) }
            key.bind(bytes, to: find)
            defer { find.statement.reset() }
            // What cannot be looked up is not known; the next statement of the batch tells the same error.
            guard (try? find.statement.step()) == true else { return .unknown }
            let id = find.statement.row().int(0)
            if known.count >= Self.most { known.removeAll(keepingCapacity: true) }
            known[name] = id
            return .record(id)
        }
    }
}

/// One reader for each field of a target that names another record.
package struct ReferenceStores {
    static var none: ReferenceStores { ReferenceStores() }

    private var readers: [Int: any ReferenceReader] = [:]

    private init() {}

    package init(_ connection: Connection, _ target: ImportTarget) throws(DatabaseError) {
        for (index, field) in target.fields.enumerated() {
            guard case .reference(let name) = field.kind else { continue }
            if let read = target.readers[name] {
                readers[index] = try read(connection)
            } else if let table = target.references[name] {
                readers[index] = try ReferenceStore(connection, table)
            }
        }
    }

    subscript(_ field: Int) -> (any ReferenceReader)? { readers[field] }
}
