import Support
import Web

/// A mapping as it stands on the page: perhaps not usable yet.
struct MappingDraft {
    var options: ImportOptions
    var problems: [Problem] = []
    var profileName: String?
    var profileError: String?

    init(_ options: ImportOptions) {
        self.options = options
    }

    /// Takes over how the file is to be read; it decides which columns there are.
    mutating func takeFormat(_ form: Fields) throws {
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
