import Database
import ImportEngine
import Support
import Tables

/// Finds the categories that the cells of a file name: by their paths, see `CategoryNames.meaning`, or by their ids.
///
/// The tree may change while a job runs. A category that is gone by the time a row is written would be refused by the
/// database, so each look-up first makes sure that nothing has changed (a microsecond).
final class CategoryReferences: ReferenceReader {
    let warningOfUnknown: ImportWarning? = .unknownCategory
    private let connection: Connection
    private let changes: Prepared
    private var names: CategoryNames
    private var known: [ByteText: ReferenceFinding] = [:]
    private var seen: Int64 = -1

    /// Names that are kept; a file that names more begins anew.
    private static let most = 65_536

    init(_ connection: Connection) throws(DatabaseError) {
        self.connection = connection
        names = CategoryNames(connection)
        changes = Prepared(try connection.prepare("SELECT MAX(id) FROM category_revision"))
    }

    func read(_ cell: UnsafeBufferPointer<UInt8>) -> ReferenceFinding {
        guard !cell.isEmpty else { return .blank }
        // What cannot be looked up is not known; the next statement of the batch tells the same error.
        do throws(DatabaseError) {
            try look()
            let text = ByteText(String(decoding: cell, as: UTF8.self))
            if let finding = known[text] { return finding }
            let finding = try find(String(decoding: cell, as: UTF8.self).trimmed)
            if known.count >= Self.most { known.removeAll(keepingCapacity: true) }
            known[text] = finding
            return finding
        } catch {
            return .unknown
        }
    }

    private func find(_ text: String) throws(DatabaseError) -> ReferenceFinding {
        guard !text.isEmpty else { return .blank }
        if case .category(let id) = try names.meaning(of: text) { return .record(id) }
        // A number that no category has for its name is an id, as the API shows it.
        guard let id = Int64(text), id > 0, try CategoryStore(connection).find(id) != nil else { return .unknown }
        return .record(id)
    }

    /// Begins anew when a category was changed since the last look.
    private func look() throws(DatabaseError) {
        defer { changes.statement.reset() }
        let newest = try changes.statement.step() ? changes.statement.row().int(0) : 0
        guard newest != seen else { return }
        seen = newest
        names = CategoryNames(connection)
        known.removeAll(keepingCapacity: true)
    }
}
