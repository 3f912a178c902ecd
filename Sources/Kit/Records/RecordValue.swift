public import Database
public import Support

/// The value of a field in the form in which it is stored and compared.
public enum RecordValue: Sendable, Equatable {
    case none
    case text(String)
    case integer(Int64)

    /// Texts are compared by their bytes, as an import does.
    public static func == (left: RecordValue, right: RecordValue) -> Bool {
        switch (left, right) {
        case (.none, .none): true
        case (.text(let left), .text(let right)): left.hasSameBytes(as: right)
        case (.integer(let left), .integer(let right)): left == right
        default: false
        }
    }

    /// What a column holds.
    @inlinable
    public init(_ row: borrowing Row, _ column: Int32, _ storage: RecordStorage) {
        if row.isNull(column) {
            self = .none
        } else {
            switch storage {
            case .integer: self = .integer(row.int(column))
            case .text: self = .text(row.text(column))
            }
        }
    }

    public var databaseValue: DatabaseValue {
        switch self {
        case .none: .null
        case .text(let text): .text(text)
        case .integer(let number): .integer(number)
        }
    }

    /// As a revision keeps it.
    public var stored: JSON {
        switch self {
        case .none: .null
        case .text(let text): .string(text)
        case .integer(let number): .int(number)
        }
    }

    /// From what a revision has kept.
    public init(stored json: JSON) {
        if let text = json.stringValue {
            self = .text(text)
        } else if let number = json.intValue {
            self = .integer(number)
        } else {
            self = .none
        }
    }
}
