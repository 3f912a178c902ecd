package import Database
package import Jobs
package import Records
import Support

/// What files can become: a noun, and what its imports know beyond the fields. One value for each noun; jobs, options,
/// columns and profiles name it.
///
/// Everything here is found out once; loops over rows know fields by their positions in the noun's table.
package final class ImportTarget: Sendable {
    /// As the option `target` names it: `products`.
    package let name: String
    /// The kind of its jobs.
    package let jobKind: String
    package let record: RecordTable
    /// Other names under which files carry the fields.
    package let synonyms: HeaderSynonyms
    /// Whether a file without a column for the key may say what else identifies its records.
    let makesKeys: Bool

    // Positions in the table.

    /// What makes two records the same.
    package let keyFields: [Int]
    /// Those of the key for which a file needs a column.
    package let neededKeyFields: [Int]
    /// What says which of several equal lines a record is; nil where records have keys of their own.
    package let numberField: Int?
    /// Without these no record is made; those of the key are not among them.
    package let neededFields: [Int]
    /// What people call a record.
    package let titleField: Int?
    /// Names with texts that a shop makes up: single columns may feed single ones of them.
    package let attributesField: Int?
    /// A bar code, which may stand in several columns.
    let codeField: Int?
    /// A choice that files also say as yes or no.
    package let flagField: Int?
    /// An amount of which a great change deserves a look.
    let jumpField: Int?
    /// A field of which a value that no record has is told.
    package let firstSeenField: Int?
    /// What all rows of one handle have in common.
    let sharedFields: [Int]
    /// What all rows of one handle share as such: the field that the column with the handle feeds too.
    let groupField: Int?
    /// Fields with the name and the value of an option of a variant, which columns of options feed too.
    let optionFields: [(name: Int, value: Int)]
    /// The amount that stands where something is on sale: what it cost before.
    let formerField: Int?
    /// Measures and their units.
    let measures: [MeasureFields]
    /// Fields in which no two records have the same value.
    package let uniqueFields: [Int]
    /// Yes or no where a file may say yes, but takes no yes back unless it is told to.
    let lastingFields: [Int]
    /// The tables that its fields refer to, by name.
    let references: [String: RecordTable]
    /// How cells name the records of tables that are named by more than a key; by the table's name.
    let readers: [String: @Sendable (Connection) throws(DatabaseError) -> any ReferenceReader]
    /// What its imports do beyond the table.
    let hooks: @Sendable (JobRun, ImportTuning) -> any ImportHooks
    /// Files of well-known programs that are read without being told how.
    package let profiles: @Sendable () -> BuiltInProfiles
    /// What it takes to import its records.
    package let access: ImportAccess
    package let links: RecordLinks
    /// Under which events tell of what is taken back; nil for a noun of which nobody is told.
    let topic: String?
    /// Who has the keys of what jobs of other kinds have removed, by kind: `the one that stayed`.
    private let keepers: [String: String]

    /// What of a table's fields is more than a field; by name.
    package struct Roles {
        package var title: String?
        package var flag: String?
        package var jump: String?
        package var firstSeen: String?
        package var shared: [String] = []
        package var makesKeys = false
        package var group: String?
        package var options: [(name: String, value: String)] = []
        package var former: String?
        /// Yes or no where a file may say yes, but takes no yes back unless it is told to.
        package var lasting: [String] = []
        package var units: [(unit: String, of: [String])] = []
        package var references: [RecordTable] = []
        package var readers: [String: @Sendable (Connection) throws(DatabaseError) -> any ReferenceReader] = [:]
        /// Files of well-known programs.
        package var profiles: @Sendable () -> BuiltInProfiles = { BuiltInProfiles([]) }
        package var access = ImportAccess()
        package var links = RecordLinks()
        /// Of its events.
        package var topic: String?
        /// Who has the keys of what jobs of other kinds have removed, by kind.
        package var keepers: [String: String] = [:]

        package init() {}
    }

    package init(
        _ name: String,
        jobKind: String,
        _ record: RecordTable,
        synonyms: [HeaderSynonyms.Entry] = [],
        _ roles: Roles = Roles(),
        hooks: @escaping @Sendable (JobRun, ImportTuning) -> any ImportHooks = { _, _ in NoImportHooks() }
    ) {
        self.hooks = hooks
        self.name = name
        self.jobKind = jobKind
        self.record = record
        self.synonyms = HeaderSynonyms(record, synonyms, hasFlags: roles.flag != nil)
        makesKeys = roles.makesKeys
        profiles = roles.profiles
        access = roles.access
        links = roles.links
        topic = roles.topic
        keepers = roles.keepers
        references = Dictionary(roles.references.map { ($0.name, $0) }) { first, _ in first }
        readers = roles.readers
        let keyFields = record.key.fields.compactMap(record.position)
        self.keyFields = keyFields
        let numberField = record.key.number.flatMap(record.position)
        self.numberField = numberField
        neededKeyFields =
            numberField == nil
            ? keyFields : keyFields.filter { $0 != numberField && record.fields[$0].isNeededToCreate }
        neededFields = record.fields.indices.filter { record.fields[$0].isNeededToCreate && !keyFields.contains($0) }
        titleField = roles.title.flatMap(record.position)
        attributesField = record.fields.firstIndex { $0.kind == .attributes }
        codeField = record.fields.firstIndex { $0.kind == .gtin }
        flagField = roles.flag.flatMap(record.position)
        jumpField = roles.jump.flatMap(record.position)
        firstSeenField = roles.firstSeen.flatMap(record.position)
        sharedFields = roles.shared.compactMap(record.position)
        groupField = roles.group.flatMap(record.position)
        optionFields = roles.options.compactMap { option in
            guard let name = record.position(of: option.name), let value = record.position(of: option.value) else {
                return nil
            }
            return (name, value)
        }
        formerField = roles.former.flatMap(record.position)
        measures = MeasureFields.all(roles.units, in: record)
        lastingFields = roles.lasting.compactMap(record.position)
        uniqueFields = record.fields.indices.filter { record.fields[$0].isUnique }
        // Whether a line is right must be told by the file alone, or lines could not be counted.
        precondition(
            numberField == nil || uniqueFields.isEmpty && attributesField == nil && !makesKeys && roles.group == nil,
            "lines of \(name) can be told apart by more than their number"
        )
        precondition(!neededKeyFields.isEmpty, "nothing has to stand in a line of \(name)")
        // What has changed since an attempt began is told by revisions.
        precondition(flagField == nil || record.history == .revisions, "\(name) have a flag and no revisions")
    }

    /// Whether the key is one text that is compared without case.
    var hasFoldedKey: Bool { if case .folded = record.key { true } else { false } }

    /// Scalars in a key that is one text.
    var keyLimit: Int {
        guard let field = keyFields.first, case .identifier(let max) = record.fields[field].kind else { return 0 }
        return max
    }

    package var fields: [RecordField] { record.fields }

    /// What answers call the number of a record: `product_id`.
    package var idName: String { "\(record.name)_id" }

    /// Who has the keys of what a job of that kind has removed; nil where any other record may.
    package func keeper(_ kind: String) -> String? { keepers[kind] }

    /// The name of the field by which people know a record: the first of the key.
    package var keyName: String { record.key.fields.first ?? "" }
}

extension ImportTarget: Equatable {
    package static func == (left: ImportTarget, right: ImportTarget) -> Bool { left === right }
}
