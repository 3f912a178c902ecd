import Records
import Support
import Tables

/// Other names under which files carry our fields. They count only where no column has the field's own name and no
/// mapping says otherwise, and only when one column alone answers to them best.
package struct HeaderSynonyms: Sendable {
    package struct Entry: Sendable {
        package let target: ImportMapping.Target
        /// As people write them; compared as `HeaderNames.looseForms` has them.
        package let names: [String]
        /// Names that stand for it only where no column has one of the others: in some files they stand beside it for
        /// something else.
        package let weak: [String]
        /// Units that may stand behind each name: `Weight (kg)`.
        let units: [String]
        /// What the weak names stand for where another column feeds the target.
        let otherwise: ImportMapping.Target?

        package init(
            _ target: ImportMapping.Target,
            _ names: [String],
            weak: [String] = [],
            otherwise: ImportMapping.Target? = nil,
            units: [String] = []
        ) {
            self.target = target
            self.names = names
            self.weak = weak
            self.units = units
            self.otherwise = otherwise
        }

        /// Names with a unit behind them, the field's own too.
        fileprivate var withUnits: [String] {
            let all = (target.name.map { [$0] } ?? []) + names
            return units.flatMap { unit in all.map { "\($0) \(unit)" } }
        }
    }

    /// What a name stands for, and how surely: of several columns for one field those with the lowest rank count.
    struct Match: Equatable {
        var target: ImportMapping.Target
        /// 0: by the name as it stands. 1: without its decoration. 2: by a weak name.
        var rank: Int
        /// What it stands for where another column feeds the target.
        var second: ImportMapping.Target?
    }

    /// All of them, in the order in which they are shown.
    package let entries: [Entry]
    private let fieldsByKey: [ByteText: ImportMapping.Target]
    private let byKey: [ByteText: ImportMapping.Target]
    private let weakByKey: [ByteText: Entry]
    private let key: ImportMapping.Target
    private let others: [ImportMapping.Target]

    /// - Parameter hasFlags: whether a field may also be said as yes or no.
    init(_ record: RecordTable, _ entries: [Entry], hasFlags: Bool) {
        self.entries = entries
        let fields = record.fields.map { ImportMapping.Target.field($0.name) }
        let all = fields + (hasFlags ? ImportColumns.Flag.allCases.map { .flag($0) } : [])
        fieldsByKey = Dictionary(
            all.compactMap { target in target.name.map { (ByteText(HeaderNames.normalised($0)), target) } },
            uniquingKeysWith: { first, _ in first }
        )
        byKey = Self.table(entries) { $0.names + $0.withUnits }.mapValues(\.target)
        weakByKey = Self.table(entries, \.weak)
        key = .field(record.key.fields.first ?? "")
        // A status and free attributes say little of what an object is.
        others = record.fields.filter { $0.kind != .attributes && $0.defaultText == nil }.map { .field($0.name) }
    }

    /// Nil for a name that stands for nothing.
    func match(_ name: String) -> Match? {
        let forms = HeaderNames.looseForms(name).map { ByteText($0) }
        let plain = ByteText(HeaderNames.plain(name))
        for (index, form) in forms.enumerated() {
            guard let target = fieldsByKey[form] ?? byKey[form] else { continue }
            return Match(target: target, rank: index == 0 || form == plain ? 0 : 1)
        }
        let weak = forms.lazy.compactMap { weakByKey[$0] }.first
        return weak.map { Match(target: $0.target, rank: 2, second: $0.otherwise) }
    }

    /// What a column of this name is taken for without help, a field's own name or another one; nil for nothing, and
    /// for a name that may well stand for something else.
    func meaning(_ name: String) -> ImportMapping.Target? {
        match(name).flatMap { $0.rank < 2 ? $0.target : nil }
    }

    /// Whether the members of a JSON object are those of a record, so that the object is none that only holds them.
    func nameRecord(_ names: [String]) -> Bool {
        let meanings = names.compactMap(meaning)
        return meanings.contains(key) || others.filter(meanings.contains).count > 1
    }

    private static func table(
        _ entries: [Entry],
        _ names: (Entry) -> [String]
    ) -> [ByteText: Entry] {
        var table: [ByteText: Entry] = [:]
        for entry in entries {
            for name in names(entry) {
                // As it stands, and without its punctuation.
                table[ByteText(HeaderNames.normalised(name))] = entry
                table[ByteText(HeaderNames.plain(name))] = entry
            }
        }
        return table
    }

    /// Whether a column holds prices, as its name says; for pointing out those that nothing is read from.
    static func isPrice(_ name: String) -> Bool {
        let key = HeaderNames.normalised(name)
        return priceWords.contains { key.utf8.contains(word: $0) }
    }

    private static let priceWords: [[UInt8]] = [
        "price", "preis", "prix", "precio", "prezzo", "cena", "prijs", "preço", "preco", "цена", "ціна", "fiyat", "価格",
        "价格", "價格", "cost", "tarif", "uvp", "msrp", "rrp", "vk brutto", "vk netto", "ek netto", "ek brutto",
    ].map { Array(HeaderNames.normalised($0).utf8) }
}

extension String.UTF8View {
    /// Whether these bytes stand somewhere in it.
    fileprivate func contains(word: [UInt8]) -> Bool {
        let bytes = Array(self)
        guard word.count <= bytes.count else { return false }
        return (0...(bytes.count - word.count)).contains { bytes[$0..<($0 + word.count)].elementsEqual(word) }
    }
}
