import Support
import Tables

/// The columns by which the rows of one product are told apart, in files of no program that is known.
enum VariantColumns {
    /// Whether a column holds the value of an option of a variant, as its name says: `Option1 Value`.
    static func isOption(_ header: String) -> Bool {
        let plain = HeaderNames.plain(header).unicodeScalars.filter { $0.properties.numericType == nil }
        return names.contains(ByteText(String(String.UnicodeScalarView(plain))))
    }

    /// Without their numbers, as `HeaderNames.plain` has them.
    private static let names = Set(
        [
            "Option", "Option value", "Value option", "Option choice", "Option choices", "Variant option",
            "Variant option value", "Product option", "Product option value", "Product option choices",
            "Product option description", "Variation value", "Optionswert", "Wert der Option", "Variantenwert",
            "Valeur d'option", "Valeur de l'option", "Option valeur", "Valor de la opción", "Valor de opción",
            "Opción valor", "Valore opzione", "Valore dell'opzione", "Opzione valore", "Wartość opcji", "Opcja wartość",
            "Optiewaarde", "Waarde optie", "Valor da opção", "Opção valor", "Значение опции", "Значення опції",
            "Seçenek değeri", "オプションの値", "オプション値", "选项值", "選項值",
        ].map { ByteText(HeaderNames.plain($0)) }
    )

    /// A mapping with the columns that it says nothing of, where products are identified by their handle: rows with
    /// one handle are one product, and the values of its options tell its variants apart.
    static func mapping(_ headers: [String], beside mapping: ImportMapping) -> ImportMapping {
        let keys = headers.map { ByteText(HeaderNames.normalised($0)) }
        guard let handle = keys.firstIndex(where: ImportColumns.handleNames.contains) else { return mapping }
        let names = HeaderIndex(headers)
        let said = Set(mapping.columns.compactMap { names.position(of: $0.name) })
        var mapping = mapping
        func add(_ column: Int, _ target: ImportMapping.Target) {
            guard !said.contains(column) else { return }
            mapping.columns.append(ImportMapping.Column(names.name(of: column), target))
        }
        if !mapping.columns.contains(where: { $0.target == .group }) { add(handle, .group) }
        if !mapping.columns.contains(where: { $0.target == .option }) {
            for column in headers.indices where isOption(headers[column]) { add(column, .option) }
        }
        return mapping
    }
}
