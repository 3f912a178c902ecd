package import Database
package import Records
import Support
import Tables

/// What categories are called with all that stands above them, `Wine > Red wine > Douro`, and which one such a text
/// means.
///
/// Reads what it is asked for and keeps it: a list or a form asks for a few, an export or an import for all.
package final class CategoryNames {
    private struct Entry {
        let parentID: Int64?
        let name: String
        let slug: String
    }

    private static let separator = " > "

    private let store: CategoryStore
    private var entries: [Int64: Entry] = [:]
    private var texts: [Int64: String] = [:]
    private var paths: [Int64: String] = [:]
    private var meanings: [ByteText: [Int64]]?

    package init(_ connection: Connection) {
        store = CategoryStore(connection)
    }

    // MARK: From ids to names

    /// The names from the top down, with ` > ` between them; nil for one that is not there.
    package func text(of id: Int64) throws(DatabaseError) -> String? {
        if let known = texts[id] { return known }
        guard let line = try line(of: id) else { return nil }
        let text = line.map(\.name).joined(separator: Self.separator)
        texts[id] = text
        return text
    }

    /// As `text(of:)`, but where that would mean another category too, or none, the slugs: `/wine/red-wine/douro`.
    package func path(of id: Int64) throws(DatabaseError) -> String? {
        if let known = paths[id] { return known }
        guard let text = try text(of: id), let slugs = try slugPath(of: id) else { return nil }
        let path = try meaning(of: text) == .category(id) ? text : "/\(slugs)"
        paths[id] = path
        return path
    }

    /// The slugs from the top down: `wine/red-wine/douro`.
    package func slugPath(of id: Int64) throws(DatabaseError) -> String? {
        try line(of: id)?.map(\.slug).joined(separator: "/")
    }

    private func line(of id: Int64) throws(DatabaseError) -> [Entry]? {
        var line: [Entry] = []
        var next: Int64? = id
        while let id = next {
            guard let entry = try entry(id), line.count < Category.mostLevels else { return nil }
            line.append(entry)
            next = entry.parentID
        }
        return line.reversed()
    }

    private func entry(_ id: Int64) throws(DatabaseError) -> Entry? {
        if let known = entries[id] { return known }
        let found = try store.connection.first("SELECT parent_id, name, slug FROM category WHERE id = \(id)") { row in
            Entry(parentID: row.intOrNil(0), name: row.text(1), slug: row.text(2))
        }
        entries[id] = found
        return found
    }

    // MARK: From names to ids

    package enum Meaning: Sendable, Equatable {
        case category(Int64)
        case nothing
        /// So many have this name; the path says which one is meant.
        case several(Int)
    }

    /// Which category a text means: names from the top down with `>` between them, compared without case; slugs behind
    /// a `/`; or one name alone, where only one category has it.
    package func meaning(of text: String) throws(DatabaseError) -> Meaning {
        let text = text.trimmed
        if text.utf8.first == UInt8(ascii: "/") {
            return try store.find(slugPath: text).map { .category($0.id) } ?? .nothing
        }
        let key = Self.key(text)
        guard !key.isEmpty else { return .nothing }
        let ids = try loaded()[ByteText(key)] ?? []
        // The whole path of one at the top is its name.
        if ids.count > 1, !key.utf8.contains(UInt8(ascii: ">")) {
            let top = ids.filter { entries[$0]?.parentID == nil }
            if top.count == 1 { return .category(top[0]) }
        }
        return ids.count == 1 ? .category(ids[0]) : (ids.isEmpty ? .nothing : .several(ids.count))
    }

    /// Which category a person means who has typed a text, or why there is none; nil for a blank.
    package func typed(_ text: String) throws(DatabaseError) -> Result<Int64?, RecordFault> {
        guard !text.trimmed.isEmpty else { return .success(nil) }
        switch try meaning(of: text) {
        case .category(let id): return .success(id)
        case .nothing:
            let cure = "write the names from the top down, like Wine > Red wine"
            return .failure(RecordFault("no_such_category", "There is no such category: \(cure)."))
        case .several(let count):
            let cure = "write the names from the top down"
            return .failure(RecordFault("no_such_category", "\(count) categories have this name: \(cure)."))
        }
    }

    /// Names as they are compared: without case, and without white space around what parts them.
    private static func key(_ text: String) -> String {
        let parts = text.split(separator: ">", omittingEmptySubsequences: false).map { String($0).trimmed.caseFolded }
        // `A > > B` leaves a name out, so it means nothing.
        return parts.contains("") ? "" : parts.joined(separator: ">")
    }

    /// All whole paths, and each name alone.
    private func loaded() throws(DatabaseError) -> [ByteText: [Int64]] {
        if let meanings { return meanings }
        let rows = try store.connection.all(
            "SELECT id, parent_id, name, slug FROM category ORDER BY level, id"
        ) { row in (row.int(0), Entry(parentID: row.intOrNil(1), name: row.text(2), slug: row.text(3))) }
        var found: [ByteText: [Int64]] = [:]
        var keys: [Int64: String] = [:]
        for (id, entry) in rows {
            entries[id] = entry
            // Ones that are known by a part of their names would be taken apart at it.
            let own = entry.name.utf8.contains(UInt8(ascii: ">")) ? "" : entry.name.trimmed.caseFolded
            let above = entry.parentID.map { keys[$0] ?? "" }
            let whole = own.isEmpty || above == "" ? "" : above.map { "\($0)>\(own)" } ?? own
            keys[id] = whole
            if !whole.isEmpty { found[ByteText(whole), default: []].append(id) }
            if !own.isEmpty, entry.parentID != nil { found[ByteText(own), default: []].append(id) }
        }
        meanings = found
        return found
    }
}
