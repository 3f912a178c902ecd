public import Money
public import Support

/// What one kind of field does with its values.
public protocol RecordKindRules: Sendable {
    var storage: RecordStorage { get }
    /// Whether white space at the ends and line breaks belong to the value.
    var isMultiline: Bool { get }
    /// Reads a text that is not empty.
    func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault>
    /// The value as people see and write it.
    func text(_ value: RecordValue, _ currency: Currency) -> String
    /// The value as the API shows it.
    func json(_ value: RecordValue, _ currency: Currency) -> JSON
    /// How many decimals it has where it is a number for a spreadsheet; nil for what is not to be calculated with.
    func decimals(_ currency: Currency) -> Int?
    /// The words of a stored text that a search finds.
    func indexed(_ stored: String) -> String
    /// The text of a JSON value that a client sent, in a form that `parse` takes; nil where it is of the wrong type.
    func written(_ json: JSON) -> String?
    /// What `written` takes, for messages: `a text`.
    var wanted: String { get }
}

extension RecordKindRules {
    public var isMultiline: Bool { false }

    public func text(_ value: RecordValue, _ currency: Currency) -> String {
        switch value {
        case .none: ""
        case .text(let text): text
        case .integer(let number): String(number)
        }
    }

    public func json(_ value: RecordValue, _ currency: Currency) -> JSON { value.stored }

    public func decimals(_ currency: Currency) -> Int? { nil }

    public func indexed(_ stored: String) -> String { stored }

    public func written(_ json: JSON) -> String? { json.stringValue }

    public var wanted: String { "a text" }
}
