import ImportEngine
import Money
import Support
import Tables
import Web

/// A mapping as it stands on the page: perhaps not usable yet.
struct MappingDraft {
    var options: ImportOptions
    var problems: [Problem] = []
    var profileName: String?
    var profileError: String?
    /// Why the file cannot be read as it was chosen.
    var formatError: String?
    /// What columns meant before the form said anything.
    private(set) var known: ImportColumns
    /// What those that meant nothing may mean.
    private(set) var guesses = ColumnGuess.Outcome()

    init(_ options: ImportOptions) {
        self.options = options
        known = .provisional(headers: [], mapping: ImportMapping(), target: options.target)
    }

    /// Looks for what columns may mean that the mapping says nothing of.
    mutating func guess(_ table: ImportSampleTable, _ currency: Currency, _ firstSeen: FirstSeenStore?) throws {
        known = .provisional(
            headers: table.headers,
            mapping: options.mapping.restricted(to: table.headers),
            target: options.target
        )
        guesses = try ColumnGuess.all(
            table.headers,
            known,
            said: Set(known.rules.keys),
            currency,
            values: table.all,
            isBrand: { brand in
                var brand = brand
                return try firstSeen.map { store in try !brand.withUTF8 { try store.isNew($0) } } ?? false
            }
        )
    }

    /// Chooses what is guessed, for a person to look at.
    mutating func takeGuesses(_ headers: [String]) {
        let names = HeaderIndex(headers)
        for (index, guess) in guesses.columns.sorted(by: { $0.key < $1.key }) {
            options.mapping.columns.append(ImportMapping.Column(names.name(of: index), guess.target))
        }
        if options.identify == nil, let identity = guesses.identity { options.identify = identity.choice }
    }

    /// The control for an encoding that is not among the likely ones; it goes before them.
    static let otherEncoding = "other_encoding"

    /// What the form says of how the file is to be read; it decides which columns there are. What it does not name
    /// stays as it was.
    func choices(_ form: Fields) throws -> TableChoices {
        var choices = options.table
        for name in TableChoices.optionNames {
            guard let value = form[name] else { continue }
            switch name {
            case "delimiter": choices.delimiter = nil
            case "quote": choices.quote = nil
            case "encoding": choices.encoding = nil
            case "header_row": choices.headerLine = nil
            case "items": choices.list = nil
            default: choices.sheet = nil
            }
            if !value.isEmpty { try choices.set(name, value) }
        }
        if let other = form[Self.otherEncoding], !other.isEmpty { try choices.set("encoding", other) }
        return choices
    }

    mutating func take(_ form: MappingForm, _ currency: Currency) {
        options.mapping = form.mapping
        if let text = form.identify { options.identify = ImportIdentity(text: text) ?? .sku }
        problems += form.problems
        profileName = form.profileName
        for (index, column) in form.mapping.columns.enumerated() {
            for problem in ImportMapping([column]).problems(currency, in: options.target) {
                problems.append(Problem("target-\(index)", problem.code, problem.detail))
            }
        }
        if let name = profileName, !ImportProfile.isName(name, of: options.target) {
            profileError = ImportProfile.nameRule
            problems.append(Problem("profile_name", "bad_name", ImportProfile.nameRule))
        }
    }

    /// The columns as they are found, or why they cannot be used.
    func columns(_ headers: [String]) -> Result<ImportColumns, ImportColumns.Refusal> {
        Result { () throws(ImportColumns.Refusal) in
            try ImportColumns(
                headers: headers,
                mapping: options.mapping,
                identify: options.identify ?? .sku,
                target: options.target
            )
        }
    }
}
