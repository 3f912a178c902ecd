import ImportEngine
import Records
import Support
import Web

/// What the mapping page's form says. Each column has its controls by number: `target-3`, `attribute-3`, `blank-3`,
/// `default-3`.
struct MappingForm: Sendable, Equatable {
    /// Chosen when a column feeds a custom attribute, whose name stands beside it.
    static let attributeChoice = "attribute"

    private let rowTarget: ImportTarget
    var mapping = ImportMapping()
    var problems: [Problem] = []
    /// What is to be saved as a profile; nil when nothing is.
    var profileName: String?
    /// What identifies a product; nil where the form does not ask.
    var identify: String?

    /// Every column of the header gets its entry, so that the mapping says all there is to say.
    init(_ fields: Fields, headers: [String], target rowTarget: ImportTarget) {
        self.rowTarget = rowTarget
        let form = Dictionary(fields.all.map { (ByteText($0.name), $0.value) }) { first, _ in first }
        let names = HeaderIndex(headers)
        for index in headers.indices {
            let name = names.name(of: index)
            var column = ImportMapping.Column(name, target(form, index))
            if let text = form[ByteText("blank-\(index)")], let blank = ImportOptions.Blank(rawValue: text) {
                column.blank = blank
                if blank == .standard { column.standard = form[ByteText("default-\(index)")] ?? "" }
            }
            if column.target == .nothing || column.target.isOfRows { (column.blank, column.standard) = (nil, nil) }
            mapping.columns.append(column)
        }
        if fields["do"] == Self.keepAll { keepOthers(headers) }
        identify = fields["identify"]
        profileName = fields["profile_name"].map(\.trimmed).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Asks to keep all columns that mean nothing as custom attributes.
    static let keepAll = "keep"

    /// Makes custom attributes with the names of the columns of all that mean nothing, as far as a product may have
    /// that many.
    private mutating func keepOthers(_ headers: [String]) {
        var taken = Set(
            mapping.columns.compactMap { column in
                if case .attribute(let name) = column.target { ByteText(name) } else { nil }
            }
        )
        for index in mapping.columns.indices where mapping.columns[index].target == .nothing {
            guard taken.count < CustomAttributes.maxCount, !ImportColumns.isOwn(headers[index]),
                let name = Self.attributeName(headers[index], index), taken.insert(ByteText(name)).inserted
            else { continue }
            mapping.columns[index].target = .attribute(name)
        }
    }

    /// What the custom attribute of a column is called where no user has said it; nil where the name would be none.
    static func attributeName(_ header: String, _ index: Int) -> String? {
        let text = header.isEmpty ? "Column \(index + 1)" : header
        let name = String(String.UnicodeScalarView(text.unicodeScalars.prefix(CustomAttributes.maxName))).trimmed
        return CustomAttributes.isName(name) ? name : nil
    }

    private mutating func target(_ form: [ByteText: String], _ index: Int) -> ImportMapping.Target {
        let choice = form[ByteText("target-\(index)")] ?? ""
        if choice.isEmpty { return .nothing }
        let name =
            choice == Self.attributeChoice
            ? "attribute:\((form[ByteText("attribute-\(index)")] ?? "").trimmed)" : choice
        if let meaning = ImportMapping.Target(name: name, in: rowTarget) { return meaning }
        let detail =
            choice == Self.attributeChoice
            ? "Enter the name of the custom attribute, up to \(CustomAttributes.maxName) characters."
            : "There is no field '\(choice)'."
        problems.append(Problem("target-\(index)", "unknown_field", detail))
        return .nothing
    }
}
