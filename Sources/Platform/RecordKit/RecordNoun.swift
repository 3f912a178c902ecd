package import AdminKit
package import Database
package import Identity
package import Markup
package import Money
package import Records
package import Support
package import Web

/// All that pages and the API know of a plain noun. Routes, schemas, forms, lists, history and the audit trail are made
/// of this value (`RecordAPI`, `RecordPages`, `RecordSchemas`, `RecordChangeStore`); a feature adds what is special.
package struct RecordNoun: Sendable {
    package let table: RecordTable
    /// As the schemas of the API begin: `Parcel`.
    package let schema: String
    package let reading: Permission
    /// To create, change, delete and restore; those who may see personal fields whole, too.
    package let writing: Permission
    package let api: APIPaths
    package let pages: PagePaths
    /// What people call one record, on pages only.
    package var title: @Sendable (RecordShown) -> String
    package var filters: [RecordFilter] = []
    /// The fields of the form, by the names of their groups.
    package var sections: [Section] = []
    package var columns: [RecordColumn] = []
    /// Beside the title.
    package var badges: @Sendable (RecordShown) -> HTML = { _ in "" }
    /// What the API and pages show of a record that is found out and not stored in it.
    package var derivation = Derivation()
    /// What the page of one record shows between its form and its history.
    package var panels: @Sendable (RecordShown, RequestContext) throws -> HTML = { _, _ in "" }
    /// Beside the title of the page of one record.
    package var actions: @Sendable (RecordShown, RequestContext) throws -> HTML = { _, _ in "" }
    /// Beside the title of the list.
    package var listActions: @Sendable (RequestContext) throws -> HTML = { _ in "" }
    /// Whether a record may go; throws a `WebError` with status 409 that says why not. In the deletion's transaction.
    package var checkRemoval: @Sendable (Connection, StoredRecord) throws -> Void = { _, _ in }
    /// What a revision tells of derived members, from what it has kept of before.
    package var changesOfDerived: @Sendable (JSON) -> [RecordRevisionRow.Change] = { _ in [] }
    /// What pages say after what its feature adds was done, by the word in `done`.
    package var messages: [String: Flash] = [:]
    /// What the list says where there is none yet.
    package var emptyText = ""
    /// A record as the API shows it, for the document; what is left out is null.
    package var example: [String: String] = [:]

    /// Where the API has it.
    package struct APIPaths: Sendable {
        package let list: PathPattern
        package let one: PathPattern
        package let history: PathPattern
        package let restore: PathPattern
        /// One record by its key, with the name of the parameter; nil where there is no such address.
        package let byKey: (path: PathPattern, parameter: String)?

        package init(
            list: PathPattern,
            one: PathPattern,
            history: PathPattern,
            restore: PathPattern,
            byKey: (path: PathPattern, parameter: String)? = nil
        ) {
            self.list = list
            self.one = one
            self.history = history
            self.restore = restore
            self.byKey = byKey
        }
    }

    /// Where people have it.
    package struct PagePaths: Sendable {
        package let list: PathPattern
        package let new: PathPattern
        package let one: PathPattern
        package let delete: PathPattern
        package let restore: PathPattern

        package init(
            list: PathPattern,
            new: PathPattern,
            one: PathPattern,
            delete: PathPattern,
            restore: PathPattern
        ) {
            self.list = list
            self.new = new
            self.one = one
            self.delete = delete
            self.restore = restore
        }
    }

    /// Fields of the form that belong together.
    package struct Section: Sendable {
        package let title: String
        package let fields: [String]
        package let isAside: Bool

        package init(_ title: String, _ fields: [String], isAside: Bool = false) {
            self.title = title
            self.fields = fields
            self.isAside = isAside
        }
    }

    /// Members of the API's records that are found out.
    package struct Derivation: Sendable {
        package let schemas: [(name: String, schema: Schema, example: JSON)]
        /// The members of each of these records, in the order of the schemas.
        package let load: @Sendable (Connection, [Int64]) throws -> [Int64: [JSON]]

        package init(
            _ schemas: [(name: String, schema: Schema, example: JSON)] = [],
            load: @escaping @Sendable (Connection, [Int64]) throws -> [Int64: [JSON]] = { _, _ in [:] }
        ) {
            self.schemas = schemas
            self.load = load
        }
    }

    package init(
        _ table: RecordTable,
        schema: String,
        reading: Permission,
        writing: Permission,
        api: APIPaths,
        pages: PagePaths
    ) {
        self.table = table
        self.schema = schema
        self.reading = reading
        self.writing = writing
        self.api = api
        self.pages = pages
        title = { shown in shown.label }
    }

    /// `a parcel`, for sentences.
    var aNoun: String {
        "\("aeiou".contains(table.noun.one.first ?? " ") ? "an" : "a") \(table.noun.one)"
    }

    /// `Parcels`, for headings.
    var heading: String { table.noun.many.prefix(1).uppercased() + table.noun.many.dropFirst() }

    /// Whether it says who somebody is.
    package var isPersonal: Bool { table.fields.contains(where: \.isPersonal) }
}

/// One record as one user sees it: who may not know who somebody is sees personal fields masked.
package struct RecordShown: Sendable {
    package let noun: RecordNoun
    package let record: StoredRecord
    package let isWhole: Bool
    package let currency: Currency

    package init(_ noun: RecordNoun, _ record: StoredRecord, isWhole: Bool, _ currency: Currency) {
        self.noun = noun
        self.record = record
        self.isWhole = isWhole
        self.currency = currency
    }

    /// The value of a field as it may be seen.
    package func value(_ field: RecordField) -> RecordValue {
        guard let position = noun.table.position(of: field.name) else { return .none }
        return isWhole ? record.values[position] : field.masked(record.values[position])
    }

    /// As forms and cells have it; "" for none.
    package func text(_ name: String) -> String {
        noun.table.field(name).map { $0.text(value($0), currency) } ?? ""
    }

    package func isTrue(_ name: String) -> Bool {
        noun.table.field(name).map { value($0) == .integer(1) } ?? false
    }

    /// The key as people write it.
    package var label: String {
        noun.table.key.fields.map(text).joined(separator: " ")
    }

    package var title: String {
        let title = noun.title(self)
        return title.isEmpty ? label : title
    }

    package var entityTag: String { "\(record.id)-\(record.version)" }

    /// The page of it.
    package var path: String { noun.pages.one(record.id).description }
}

extension RequestContext {
    /// Whether the user sees personal fields of a noun whole.
    package func seesWhole(_ noun: RecordNoun) throws -> Bool {
        guard noun.isPersonal else { return true }
        return try principal.holds(noun.writing)
    }

    package func shown(_ record: StoredRecord, _ noun: RecordNoun) throws -> RecordShown {
        RecordShown(noun, record, isWhole: try seesWhole(noun), try currency)
    }
}

/// A column of a noun's list.
package struct RecordColumn: Sendable {
    package let title: String
    package let style: String?
    /// As `Column.priority`.
    package let priority: Int
    package let sortKey: String?
    package let cell: @Sendable (RecordShown) -> HTML

    package init(
        _ title: String,
        style: String? = nil,
        priority: Int = 1,
        sortKey: String? = nil,
        cell: @escaping @Sendable (RecordShown) -> HTML
    ) {
        self.title = title
        self.style = style
        self.priority = priority
        self.sortKey = sortKey
        self.cell = cell
    }
}
