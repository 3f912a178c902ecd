import Records
import Support

/// A unit of weight or length, as it is stored.
enum MeasureUnit: String, CaseIterable {
    case g, kg, oz, lb, mm, cm, m
    case inch = "in"
    case ft, yd

    /// Its bytes, which stay where they are for the life of the process.
    var buffer: UnsafeBufferPointer<UInt8> {
        let word: StaticString =
            switch self {
            case .g: "g"
            case .kg: "kg"
            case .oz: "oz"
            case .lb: "lb"
            case .mm: "mm"
            case .cm: "cm"
            case .m: "m"
            case .inch: "in"
            case .ft: "ft"
            case .yd: "yd"
            }
        return word.buffer
    }
}

/// Units in which files say weights and lengths, in the words that stand in their cells and headers.
package enum MeasureUnits {
    /// The unit that a word means; nil for none that we have.
    static func unit(_ word: String) -> MeasureUnit? { all[word.trimmed.caseFolded] }

    /// The unit that a column's name ends with or has in brackets: `Weight (kg)`, `Variant Grams`.
    static func unit(inHeader header: String) -> MeasureUnit? {
        header.caseFolded.unicodeScalars
            .split { !$0.properties.isAlphabetic && !"\"″".unicodeScalars.contains($0) }
            .compactMap { all[String($0)] }.last
    }

    /// Where the number of a cell ends that has its unit behind it: `1.5 kg`.
    static func split(
        _ cell: UnsafeBufferPointer<UInt8>
    ) -> (number: UnsafeBufferPointer<UInt8>, unit: MeasureUnit)? {
        guard cell.count <= 64, let last = cell.lastIndex(where: { $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        let word = String(decoding: cell[(last + 1)...], as: UTF8.self)
        guard let unit = unit(word.utf8.last == UInt8(ascii: ".") ? String(word.dropLast()) : word) else { return nil }
        return (UnsafeBufferPointer(rebasing: cell[...last]), unit)
    }

    private static let words: [(MeasureUnit, String)] = [
        (.g, "g gr gram grams gramm gramme grammes gramo gramos grammo grammi grama gramas г гр ghr グラム 克"),
        (.kg, "kg kgs kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes кг キログラム 公斤 千克"),
        (.oz, "oz ounce ounces unze unzen once onces"), (.lb, "lb lbs pound pounds pfund livre livres libra libras"),
        (.mm, "mm millimeter millimeters millimetre millimetres milímetro milímetros мм ミリ 毫米"),
        (.cm, "cm centimeter centimeters centimetre centimetres zentimeter centímetro centímetros см センチ 厘米"),
        (.m, "m meter meters metre metres mètre mètres metro metros м メートル 米"),
        (.inch, "in inch inches zoll pouce pouces pulgada pulgadas pollici cal cale дюйм \" ″"),
        (.ft, "ft foot feet fuß pied pieds pie pies"), (.yd, "yd yard yards"),
    ]

    private static let all: [String: MeasureUnit] = {
        var table: [String: MeasureUnit] = [:]
        for (unit, words) in words {
            for word in words.split(separator: " ") { table[String(word).caseFolded] = unit }
        }
        return table
    }()

    /// As fields take them.
    package static let weights = ["g", "kg", "oz", "lb"]
    package static let lengths = ["mm", "cm", "m", "in", "ft", "yd"]

    /// As headers have them most, for `HeaderSynonyms`.
    package static let ofWeights = ["kg", "kgs", "g", "gr", "grams", "lb", "lbs", "oz", "кг", "г"]
    package static let ofLengths = ["mm", "cm", "m", "in", "inch", "inches", "ft", "см", "мм"]
}

/// Measures of a noun that say nothing without their unit; fields by their positions.
struct MeasureFields: Sendable {
    let unit: Int
    /// The units that the field takes.
    let choices: [String]
    let fields: [Int]

    /// - Parameter units: the field with the unit, and those with the measures.
    static func all(_ units: [(unit: String, of: [String])], in record: RecordTable) -> [MeasureFields] {
        units.compactMap { unit, measures in
            guard let position = record.position(of: unit), case .choice(let words) = record.fields[position].kind
            else { return nil }
            return MeasureFields(unit: position, choices: words, fields: measures.compactMap(record.position))
        }
    }

    func takes(_ unit: MeasureUnit) -> Bool { choices.contains { $0.hasSameBytes(as: unit.rawValue) } }
}
