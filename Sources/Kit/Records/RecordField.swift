public import Money
public import Support

/// One field of a noun: the row of the table that drives columns, forms, JSON, CSV, history and import.
public struct RecordField: Sendable {
    /// The column, the JSON member, the CSV header and the form field.
    public let name: String
    public let label: String
    public let kind: RecordKind
    /// How values of the kind are read and shown.
    public let rules: any RecordKindRules
    public let storage: RecordStorage
    /// Whether every record has a value here.
    public let isRequired: Bool
    /// Whether the text index holds it.
    public let isSearched: Bool
    /// Whether no two records have the same value here.
    public let isUnique: Bool
    /// Whether it says who somebody is: it stands in no log, event or address, and not everybody sees it whole.
    public let isPersonal: Bool
    /// What a new record has where nothing is said, as it is stored; nil for no value.
    public let defaultText: StaticString?
    /// What a form says of it before anything goes wrong.
    public let hint: String?

    public init(
        _ name: String,
        _ label: String,
        _ kind: RecordKind,
        isRequired: Bool = false,
        isSearched: Bool = false,
        isUnique: Bool = false,
        isPersonal: Bool = false,
        default defaultText: StaticString? = nil,
        hint: String? = nil
    ) {
        self.name = name
        self.label = label
        self.kind = kind
        rules = kind.rules
        storage = rules.storage
        self.isRequired = isRequired
        self.isSearched = isSearched
        self.isUnique = isUnique
        self.isPersonal = isPersonal
        self.defaultText = defaultText
        self.hint = hint
    }

    /// What a new record has where nothing is said, in a form that `parse` takes; nil for no value.
    public var defaultValue: String? { defaultText.map { "\($0)" } }

    /// A new record cannot be made without a value of its own here.
    public var isNeededToCreate: Bool { isRequired && defaultText == nil }

    /// Reads what a person or a client wrote into the form in which it is stored, or says what is wrong with it.
    /// - Parameters:
    ///   - text: nil or "" for no value.
    ///   - former: what stands there: where that is beyond a limit, it can be made smaller step by step.
    public func parse(
        _ text: String?,
        _ currency: Currency,
        over former: RecordValue = .none
    ) -> Result<RecordValue, RecordFault> {
        let written = rules.isMultiline ? text ?? "" : (text ?? "").trimmed
        guard !written.isEmpty else {
            return isRequired ? .failure(RecordFault("required", "\(label) is missing: enter one.")) : .success(.none)
        }
        return rules.parse(written, RecordWriting(field: self, currency: currency, former: former))
    }

    /// The value as the API shows it.
    public func json(_ value: RecordValue, _ currency: Currency) -> JSON {
        value == .none ? .null : rules.json(value, currency)
    }

    /// The value as a form field, a CSV cell or a line of history shows it; "" where there is none.
    public func text(_ value: RecordValue, _ currency: Currency) -> String {
        value == .none ? "" : rules.text(value, currency)
    }

    /// The words that the text index holds of a stored text.
    public func indexed(_ stored: String?) -> String? { stored.map(rules.indexed) }

    /// What a revision says that the index held before it; nil when it says nothing of this field.
    public func indexed(before: JSON) -> String?? { before[name].map { indexed($0.stringValue) } }
}

/// Why a written value is refused.
public struct RecordFault: Error, Sendable, Equatable {
    /// The word by which programs know it.
    public let code: String
    /// A sentence that says what to write instead.
    public let detail: String

    public init(_ code: String, _ detail: String) {
        self.code = code
        self.detail = detail
    }
}

/// Where a value is written.
public struct RecordWriting {
    public let field: RecordField
    public let currency: Currency
    /// What stands there.
    public let former: RecordValue
}
