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

    init(_ options: ImportOptions) {
        self.options = options
    }

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
            default: choices.sheet = nil
            }
            if !value.isEmpty { try choices.set(name, value) }
        }
        return choices
    }

    mutating func take(_ form: MappingForm, _ currency: Currency) {
        options.mapping = form.mapping
        problems += form.problems
        profileName = form.profileName
        for (index, column) in form.mapping.columns.enumerated() {
            for problem in ImportMapping([column]).problems(currency) {
                problems.append(Problem("target-\(index)", problem.code, problem.detail))
            }
        }
        if let name = profileName, !ImportProfile.isName(name) {
            profileError = ImportProfile.nameRule
            problems.append(Problem("profile_name", "bad_name", ImportProfile.nameRule))
        }
    }

    /// The columns as they are found, or why they cannot be used.
    func columns(_ headers: [String]) -> Result<ImportColumns, ImportColumns.Refusal> {
        Result { () throws(ImportColumns.Refusal) in try ImportColumns(headers: headers, mapping: options.mapping) }
    }
}
