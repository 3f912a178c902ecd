import AdminKit
import Money
import Records
import Support
import Web

/// The form of a record, made from its noun's description.
struct RecordForm {
    private let noun: RecordNoun
    private let currency: Currency

    init(_ noun: RecordNoun, _ currency: Currency) {
        self.noun = noun
        self.currency = currency
    }

    /// The fields in the order of the sections; those in none come last.
    private var ordered: [RecordField] {
        let placed = noun.sections.flatMap(\.fields)
        return placed.compactMap(noun.table.field) + noun.table.fields.filter { !placed.contains($0.name) }
    }

    /// The controls with a record's values, for those who may change them.
    func fields(_ record: StoredRecord) -> [FormField] {
        fields(RecordShown(noun, record, isWhole: true, currency))
    }

    /// The controls with a record's values as a user sees them.
    func fields(_ shown: RecordShown) -> [FormField] {
        ordered.map { $0.formField(shown.text($0.name), currency) }
    }

    /// The controls with the values as they were typed.
    func fields(_ typed: Fields) -> [FormField] {
        ordered.map { $0.formField(typed[$0.name] ?? "", currency) }
    }

    /// The values that the form wants, and everything that is wrong with it.
    func draft(_ typed: Fields, onto current: StoredRecord) -> (values: [RecordValue], problems: [Problem]) {
        var values = current.values
        var problems: [Problem] = []
        for (index, field) in noun.table.fields.enumerated() {
            let text = Self.plainBreaks(typed[field.name] ?? "")
            // Browsers send line breaks as CR LF, whatever the text had: only what was really typed is a change.
            if field.rules.isMultiline, case .text(let stored) = current.values[index],
                text.hasSameBytes(as: Self.plainBreaks(stored))
            {
                continue
            }
            switch field.parse(text, currency, over: current.values[index]) {
            case .success(let value): values[index] = value
            case .failure(let fault): problems.append(Problem(field.name, fault.code, fault.detail))
            }
        }
        return (values, problems)
    }

    private static func plainBreaks(_ text: String) -> String {
        text.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n")
    }
}
