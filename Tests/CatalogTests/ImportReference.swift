import Jobs
import Support

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// What an import should do, written from the contract in the slowest and plainest way. It shares no code with the
/// import: what a cell means stands beside the cell in the tables below.
struct ImportReference {
    /// A record of the file as it was made up, before it was written as CSV.
    struct Record {
        var cells: [Cell] = []
        /// `ragged_row`, `bad_quote` …: nothing in the record can be relied on.
        var broken: (code: String, column: Int?)?
        /// It has fewer cells than the header, or empty ones too many; here it has as many.
        var isRagged = false
        /// It names the columns once more.
        var isHeader = false
        var line: Int64 = 0
    }

    /// A cell as it is written and what it means.
    struct Cell {
        var bytes: [UInt8]
        var meaning: Meaning

        init(_ text: String, _ meaning: Meaning) {
            bytes = Array(text.utf8)
            self.meaning = meaning
        }

        init(bytes: [UInt8], _ meaning: Meaning) {
            self.bytes = bytes
            self.meaning = meaning
        }
    }

    enum Meaning: Equatable {
        case blank
        case text(String)
        case sku(String, key: String)
        case amount(Int64)
        case wrong(String)
        /// Says nothing that could be taken: what the product has stays.
        case kept
        /// In a column that feeds no field.
        case ignored
    }

    struct Stored: Equatable {
        var sku: String
        var name: String
        var brand: String?
        var description: String?
        var price: Int64?
        var compareAtPrice: Int64?
        var upc: String?
        var status: String
        var version: Int64
    }

    struct Change: Equatable {
        var key: String
        var version: Int64
        var change: String
        var before: [String: JSON]
    }

    /// Which field each column feeds; nil for one that is ignored.
    let fields: [String?]
    let headers: [String]
    let options: ImportOptions

    private(set) var table: [String: Stored]
    private(set) var changes: [Change] = []
    /// `row line code column`.
    private(set) var errors: [String] = []
    private(set) var books = Books()
    /// What the guard looks at.
    private(set) var deleted: Int64 = 0
    private(set) var deactivated: Int64 = 0
    private(set) var jumps: Int64 = 0
    private(set) var superseded: Int64 = 0
    /// Records of which it is not known what product they name, where that matters.
    private(set) var unreadable: Int64 = 0
    /// Whether a rejected row stopped everything.
    private(set) var isStopped = false

    init(headers: [String], fields: [String?], options: ImportOptions, existing: [String: Stored]) {
        self.headers = headers
        self.fields = fields
        self.options = options
        table = existing
    }

    /// Whether more than 30 % of the rows, and at least five, delete, deactivate or reprice by more than half; or what
    /// is to be deactivated is not known for certain.
    var isTripped: Bool {
        unreadable > 0 && deactivated > 0
            || [deleted, deactivated, jumps].contains {
                Double($0) > Double(books.total) * 0.3 && ($0 >= 5 || books.total == 0)
            }
    }

    mutating func run(_ written: [Record]) {
        let records = written.map { record in
            guard record.isRagged, options.ragged == .refuse else { return record }
            var broken = record
            broken.broken = ("ragged_row", nil)
            return broken
        }
        let before = table
        applyAll(records)
        if options.missing == .deactivate { deactivate(records, before) }
        guard options.onError == .stop, books.failed > 0 else { return }
        isStopped = true
        table = before
        changes = []
        let (total, failed) = (books.total, books.failed)
        books = Books()
        (books.total, books.processed, books.failed) = (total, failed, failed)
    }

    /// Products that were there, are active and are named by no record, be it as broken as it may, become drafts.
    private mutating func deactivate(_ records: [Record], _ before: [String: Stored]) {
        var named: Set<String> = []
        unreadable = Int64(records.count { !$0.isHeader && key($0) == nil })
        guard unreadable == 0 || options.isGuarded else { return }
        for record in records where !record.isHeader {
            guard let column = fields.firstIndex(of: "sku"), column < record.cells.count,
                case .sku(_, let key) = record.cells[column].meaning
            else { continue }
            let isSpoilt = record.broken?.code == "bad_quote" && record.broken?.column == column
            if !isSpoilt { named.insert(key) }
        }
        for (key, product) in before where !named.contains(key) && product.status == "active" {
            table[key]?.status = "draft"
            table[key]?.version += 1
            deactivated += 1
            let status: [String: JSON] = ["status": .string("active")]
            changes.append(Change(key: key, version: product.version + 1, change: "update", before: status))
        }
    }

    private mutating func applyAll(_ records: [Record]) {
        var counts: [String: Int] = [:]
        for record in records { if let key = key(record) { counts[key, default: 0] += 1 } }
        var winners: [String: Int] = [:]
        for (row, record) in records.enumerated() {
            guard let key = key(record) else { continue }
            if options.duplicates == .last || winners[key] == nil { winners[key] = row }
        }
        books.total = Int64(records.count)
        for (row, record) in records.enumerated() {
            books.processed += 1
            if record.isHeader {
                books.skipped += 1
            } else if options.duplicates == .reject {
                apply(record, row: row + 1, isDouble: key(record).map { counts[$0, default: 0] > 1 } ?? false)
            } else if let key = key(record), winners[key] != row {
                books.skipped += 1
                superseded += 1
            } else {
                apply(completed(record, row, records), row: row + 1, isDouble: false)
            }
        }
    }

    /// What the last of several rows leaves open is what those before it have said, the nearest first; rows that are
    /// wrong have said nothing.
    private func completed(_ record: Record, _ row: Int, _ records: [Record]) -> Record {
        guard options.duplicates == .last, options.blank != .clear, let key = key(record) else { return record }
        var completed = record
        for former in records[..<row].reversed() where self.key(former) == key {
            let isWrong = zip(fields, former.cells).contains { field, cell in
                if field != nil, case .wrong = cell.meaning { true } else { false }
            }
            guard !isWrong else { continue }
            for (column, field) in fields.enumerated() where field != nil && completed.cells[column].meaning == .blank {
                if options.blank == .standard, field == "status" { continue }
                completed.cells[column] = former.cells[column]
            }
        }
        return completed
    }

    private func key(_ record: Record) -> String? {
        guard record.broken == nil, !record.isHeader, let column = fields.firstIndex(of: "sku"),
            case .sku(_, let key) = record.cells[column].meaning
        else { return nil }
        return key
    }

    private mutating func fail(_ record: Record, _ row: Int, _ problems: [(code: String, column: Int?)]) {
        books.failed += 1
        for problem in problems {
            errors.append("\(row) \(record.line) \(problem.code) \(problem.column.map { headers[$0] } ?? "-")")
        }
    }

    /// Whether a record that is wrong in another field lacks a name as well.
    private func wouldBeNameless(_ key: String, _ name: Meaning?) -> Bool {
        switch name {
        case .text, .wrong: false
        case .blank where table[key] != nil: options.mode != .create && options.blank == .clear
        default: table[key] == nil && options.mode != .update
        }
    }

    private mutating func apply(_ record: Record, row: Int, isDouble: Bool) {
        if let broken = record.broken { return fail(record, row, [broken]) }
        var problems: [(code: String, column: Int?)] = []
        var values: [String: Meaning] = [:]
        for field in ["sku", "name", "brand", "description", "price", "compare_at_price", "upc", "status"] {
            guard let column = fields.firstIndex(of: field) else { continue }
            if options.mode == .delete, field != "sku" { continue }
            let meaning = record.cells[column].meaning
            if case .wrong(let code) = meaning { problems.append((code, column)) }
            if field == "sku", meaning == .blank { problems.append(("no_sku", column)) }
            if field == "sku", isDouble { problems.append(("duplicate_sku", column)) }
            values[field] = meaning
        }
        if options.mode != .delete, !problems.isEmpty, case .sku(_, let key) = values["sku"],
            wouldBeNameless(key, values["name"])
        {
            problems.append(("no_name", fields.firstIndex(of: "name")))
        }
        guard problems.isEmpty, case .sku(let sku, let key) = values["sku"] else { return fail(record, row, problems) }
        let nameless = [("no_name", fields.firstIndex(of: "name"))]
        guard let old = table[key] else {
            if options.mode == .update || options.mode == .delete {
                books.skipped += 1
                return
            }
            guard case .text(let name) = values["name"] else { return fail(record, row, nameless) }
            table[key] = Stored(
                sku: sku,
                name: name,
                brand: text(values["brand"]),
                description: text(values["description"]),
                price: amount(values["price"]),
                compareAtPrice: amount(values["compare_at_price"]),
                upc: text(values["upc"]),
                status: text(values["status"]) ?? "active",
                version: 1
            )
            changes.append(Change(key: key, version: 1, change: "create", before: [:]))
            books.created += 1
            return
        }
        if options.mode == .create {
            books.skipped += 1
            return
        }
        if options.mode == .delete { return delete(key, old) }
        if values["name"] == .blank, options.blank == .clear { return fail(record, row, nameless) }
        update(key, old, sku, values)
    }

    private mutating func delete(_ key: String, _ old: Stored) {
        table[key] = nil
        deleted += 1
        books.updated += 1
        let before: [String: JSON] = [
            "sku": .string(old.sku), "name": .string(old.name),
            "description": old.description.map { .string($0) } ?? .null,
            "price": old.price.map { .int($0) } ?? .null, "status": .string(old.status),
            "brand": old.brand.map { .string($0) } ?? .null, "upc": old.upc.map { .string($0) } ?? .null,
            "compare_at_price": old.compareAtPrice.map { .int($0) } ?? .null, "custom_attributes": .null,
            "category_id": .null,
        ]
        let held = before.filter { $0.value != .null }
        changes.append(Change(key: key, version: old.version + 1, change: "delete", before: held))
    }

    private mutating func update(_ key: String, _ old: Stored, _ sku: String, _ values: [String: Meaning]) {
        var new = old
        var before: [String: JSON] = [:]
        func isSaid(_ field: String) -> Bool {
            guard let value = values[field] else { return false }
            guard value != .kept else { return false }
            return value != .blank || options.blank == .clear || (field == "status" && options.blank == .standard)
        }
        if Array(sku.utf8) != Array(old.sku.utf8) {
            before["sku"] = .string(old.sku)
            new.sku = sku
        }
        if case .text(let name) = values["name"], name != old.name {
            before["name"] = .string(old.name)
            new.name = name
        }
        if isSaid("brand"), text(values["brand"]) != old.brand {
            before["brand"] = old.brand.map { .string($0) } ?? .null
            new.brand = text(values["brand"])
        }
        if isSaid("upc"), text(values["upc"]) != old.upc {
            before["upc"] = old.upc.map { .string($0) } ?? .null
            new.upc = text(values["upc"])
        }
        if isSaid("compare_at_price"), amount(values["compare_at_price"]) != old.compareAtPrice {
            before["compare_at_price"] = old.compareAtPrice.map { .int($0) } ?? .null
            new.compareAtPrice = amount(values["compare_at_price"])
        }
        if isSaid("description"), text(values["description"]) != old.description {
            before["description"] = old.description.map { .string($0) } ?? .null
            new.description = text(values["description"])
        }
        if isSaid("price"), amount(values["price"]) != old.price {
            before["price"] = old.price.map { .int($0) } ?? .null
            new.price = amount(values["price"])
            if let was = old.price {
                let isJump = new.price.map { Double(abs($0 - was)) * 2 > Double(was) } ?? true
                if isJump { jumps += 1 }
            }
        }
        if isSaid("status"), (text(values["status"]) ?? "active") != old.status {
            before["status"] = .string(old.status)
            new.status = text(values["status"]) ?? "active"
        }
        guard !before.isEmpty else {
            books.unchanged += 1
            return
        }
        new.version += 1
        table[key] = new
        changes.append(Change(key: key, version: new.version, change: "update", before: before))
        books.updated += 1
    }

    private func text(_ meaning: Meaning?) -> String? {
        if case .text(let text) = meaning { text } else { nil }
    }

    private func amount(_ meaning: Meaning?) -> Int64? {
        if case .amount(let amount) = meaning { amount } else { nil }
    }
}
