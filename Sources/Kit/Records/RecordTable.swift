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
    /// A bit for each field, by its position.
    public let allFields: UInt64

    /// Masks have a bit for each field and some to spare.
    public static let mostFields = 60

    /// - Precondition: at most `mostFields` fields, each name once, and those of the key among them.
    public init(_ name: String, _ noun: Noun, key: RecordKey, fields: [RecordField]) {
        precondition(fields.count <= Self.mostFields, "\(name) has more than \(Self.mostFields) fields")
        let names = Set(fields.map(\.name))
        precondition(names.count == fields.count, "a field of \(name) stands twice")
        precondition(names.isSuperset(of: key.fields), "the key of \(name) is none of its fields")
        self.name = name
        self.noun = noun
        self.key = key
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

    public var fields: [String] {
        switch self {
        case .folded(let field): [field]
        case .exact(let fields): fields
        }
    }
}
