import Support
import Web

/// What the mapping page's form says. Each column has its controls by number: `target-3`, `attribute-3`, `blank-3`,
/// `default-3`.
struct MappingForm: Sendable, Equatable {
    /// Chosen when a column feeds a custom attribute, whose name stands beside it.
    static let attributeChoice = "attribute"

    var mapping = ImportMapping()
    var problems: [Problem] = []
    /// What is to be saved as a profile; nil when nothing is.
    var profileName: String?

    /// Every column of the header gets its entry, so that the mapping says all there is to say.
    init(_ fields: Fields, headers: [String]) {
        let form = Dictionary(fields.all.map { (ByteText($0.name), $0.value) }) { first, _ in first }
        let names = HeaderIndex(headers)
        for index in headers.indices {
            let name = names.name(of: index)
            var column = ImportMapping.Column(name, target(form, index))
            if let text = form[ByteText("blank-\(index)")], let blank = ImportOptions.Blank(rawValue: text) {
                column.blank = blank
                if blank == .standard { column.standard = form[ByteText("default-\(index)")] ?? "" }
            }
            if column.target == .nothing || column.target == .group { (column.blank, column.standard) = (nil, nil) }
            mapping.columns.append(column)
        }
        profileName = fields["profile_name"].map(\.trimmed).flatMap { $0.isEmpty ? nil : $0 }
    }

    private mutating func target(_ form: [ByteText: String], _ index: Int) -> ImportMapping.Target {
        let choice = form[ByteText("target-\(index)")] ?? ""
        if choice.isEmpty { return .nothing }
        let name =
            choice == Self.attributeChoice
            ? "attribute:\((form[ByteText("attribute-\(index)")] ?? "").trimmed)" : choice
        if let target = ImportMapping.Target(name: name) { return target }
        let detail =
            choice == Self.attributeChoice
            ? "Enter the name of the custom attribute, up to \(CustomAttributes.maxName) characters."
            : "There is no field '\(choice)'."
        problems.append(Problem("target-\(index)", "unknown_field", detail))
        return .nothing
    }
}
