public import Support

/// What a noun is: the table of its fields, and what makes two of its records the same.
///
/// Read once where a job or a page begins; loops over records know fields by their positions here.
public struct RecordTable: Sendable {
    /// The database's table.
    public let name: String
    public let noun: Noun
    /// In the order in which they are shown, stored and exported.
    public let fields: [RecordField]
    public let key: RecordKey
    public let history: RecordHistory
    /// A bit for each field, by its position.
    public let allFields: UInt64

    /// Masks have a bit for each field and some to spare.
    public static let mostFields = 60

    /// - Precondition: at most `mostFields` fields, each name once, and those of the key among them; a field that
    ///   counts equal lines holds whole numbers.
    public init(
        _ name: String,
        _ noun: Noun,
        key: RecordKey,
        history: RecordHistory = .revisions,
        fields: [RecordField]
    ) {
        precondition(fields.count <= Self.mostFields, "\(name) has more than \(Self.mostFields) fields")
        let names = Set(fields.map(\.name))
        precondition(names.count == fields.count, "a field of \(name) stands twice")
        precondition(names.isSuperset(of: key.fields), "the key of \(name) is none of its fields")
        if let number = key.number, let field = fields.first(where: { $0.name.hasSameBytes(as: number) }) {
            precondition(field.storage == .integer, "\(number) of \(name) counts and is no whole number")
        }
        self.name = name
        self.noun = noun
        self.key = key
        self.history = history
        self.fields = fields
        allFields = fields.isEmpty ? 0 : UInt64.max >> UInt64(64 - fields.count)
    }

    /// The table of the revisions: what each change has overwritten.
    public var revisions: String { "\(name)_revision" }

    /// The column of a revision that names its record.
    public var revisionOwner: String { "\(name)_id" }

    /// The position of a field; nil when the noun has none of that name.
    public func position(of name: String) -> Int? { fields.firstIndex { $0.name.hasSameBytes(as: name) } }

    public func field(_ name: String) -> RecordField? { position(of: name).map { fields[$0] } }
}

/// What makes two records the same.
public enum RecordKey: Sendable, Equatable {
    /// A text, compared without case, composition and white space at its ends; stored so in `<field>_norm`.
    case folded(String)
    /// Fields that are the same together, as they are stored.
    case exact([String])
    /// Lines without a key of their own: the n-th of those that have the same in all these fields, blank ones too, is
    /// the n-th record. Which one it is stands in the field `number`: as the file numbers its lines, or else as they
    /// are counted in it. See `LineKey`.
    case occurrence(of: [String], number: String)

    public var fields: [String] {
        switch self {
        case .folded(let field): [field]
        case .exact(let fields): fields
        case .occurrence(let fields, let number): fields + [number]
        }
    }

    /// The field that says which of several equal lines a record is.
    public var number: String? {
        if case .occurrence(_, let number) = self { number } else { nil }
    }

    /// The column with the key's text, where it is one text.
    public var textColumn: String? {
        switch self {
        case .folded(let field): "\(field)_norm"
        case .exact: nil
        case .occurrence: LineKey.column
        }
    }
}

/// Where a record's creation is kept.
public enum RecordHistory: Sendable, Equatable {
    /// Every change has a revision, the first one too.
    case revisions
    /// A record says itself which job has brought it, in the column `batch_id`; only what happens to it later has
    /// revisions. Millions of lines cost no millions of these.
    case batches
}
