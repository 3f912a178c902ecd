package import Money
import Records
import Support
import Tables

/// What a column probably means, and why: for a person to look at, never taken without one.
package struct ColumnGuess: Sendable, Equatable {
    package var target: ImportMapping.Target
    /// In a few words, without a full stop.
    package var reason: String

    /// What the columns that feed nothing may mean.
    package struct Outcome {
        /// By position in the file.
        package var columns: [Int: ColumnGuess] = [:]
        /// What is worth knowing of those that are left out.
        package var notes: [Int: String] = [:]
        /// What may identify the products where no column holds a SKU.
        package var identity: (choice: ImportIdentity, reason: String)?

        package init() {}
    }

    /// - Parameters:
    ///   - headers: of the file.
    ///   - columns: as far as they are known.
    ///   - said: columns that the mapping says something of.
    ///   - values: all values of the first records of a column.
    ///   - isBrand: whether products have this brand.
    package static func all(
        _ headers: [String],
        _ columns: ImportColumns,
        said: Set<Int>,
        _ currency: Currency,
        values: (Int) -> [String],
        isBrand: (String) throws -> Bool
    ) rethrows -> Outcome {
        var outcome = Outcome()
        let open = headers.indices.filter { !said.contains($0) && columns.target(of: $0) == .nothing }
        let contents = Dictionary(uniqueKeysWithValues: open.map { ($0, ColumnContent(values($0), currency)) })
        var free = open
        func take(_ field: String, _ column: Int, _ reason: String) {
            outcome.columns[column] = ColumnGuess(target: .field(field), reason: reason)
            free.removeAll { $0 == column }
        }
        let fields = columns.target.fields
        let wanted = fields.indices.filter { fields[$0].kind != .attributes && columns.positions[$0] == nil }
            .map { fields[$0].name }
        // By names first: those that begin or end with a known one, or of which several could be meant.
        for field in wanted {
            let named = free.compactMap { column -> (column: Int, word: String, score: Int)? in
                guard let word = columns.target.synonyms.word(of: field, in: headers[column]) else { return nil }
                let score = contents[column]?.fits(field) ?? 0
                return score > 0 ? (column, word, score) : nil
            }
            guard let best = named.max(by: { ($0.score, $1.column) < ($1.score, $0.column) }) else { continue }
            take(field, best.column, "the name has “\(best.word)” in it")
        }
        for field in ["upc", "price", "sku", "description", "name", "status"] where wanted.contains(field) {
            guard !outcome.columns.values.contains(where: { $0.target == .field(field) }) else { continue }
            let found = free.compactMap { column in contents[column]?.reason(field).map { (column, $0) } }
            // A price is never told from another by what stands in it.
            if let first = found.first, field != "price" || found.count == 1 { take(field, first.0, first.1) }
        }
        if wanted.contains("brand"), !outcome.columns.values.contains(where: { $0.target == .field("brand") }) {
            for column in free {
                guard let content = contents[column], content.isFewWords else { continue }
                let known = try content.distinct.prefix(50).filter(isBrand).count
                guard known * 2 > min(50, content.distinct.count) else { continue }
                take("brand", column, "\(known) of \(min(50, content.distinct.count)) values are brands you have")
                break
            }
        }
        outcome.identity = identity(headers, columns, outcome, values)
        for (column, guess) in variants(headers, columns, free, identity: outcome.identity?.choice) {
            outcome.columns[column] = guess
            free.removeAll { $0 == column }
        }
        for column in free { outcome.notes[column] = contents[column]?.note }
        return outcome
    }

    /// Where several rows may be one product: its handle, and what tells its variants apart.
    private static func variants(
        _ headers: [String],
        _ columns: ImportColumns,
        _ free: [Int],
        identity: ImportIdentity?
    ) -> [Int: ColumnGuess] {
        let handle = free.first { ImportColumns.handleNames.contains(ByteText(HeaderNames.normalised(headers[$0]))) }
        let options = columns.options.isEmpty ? free.filter { VariantColumns.isOption(headers[$0]) } : []
        guard columns.group == nil, let handle, identity == .handle || !options.isEmpty else { return [:] }
        var guesses = [handle: ColumnGuess(target: .group, reason: "its name says that it names each product")]
        for option in options {
            guesses[option] = ColumnGuess(target: .option, reason: "its name says that it tells variants apart")
        }
        return guesses
    }

    private static func identity(
        _ headers: [String],
        _ columns: ImportColumns,
        _ outcome: Outcome,
        _ values: (Int) -> [String]
    ) -> (choice: ImportIdentity, reason: String)? {
        func position(_ field: String) -> Int? {
            outcome.columns.first { $0.value.target == .field(field) }?.key
                ?? columns.position(of: field)
        }
        guard position("sku") == nil else { return nil }
        let keys = headers.map { ByteText(HeaderNames.normalised($0)) }
        if let handle = keys.firstIndex(where: ImportColumns.handleNames.contains) {
            return (.handle, "no column holds SKUs, and \(headers[handle]) names each product")
        }
        guard let code = position("upc") else { return nil }
        let codes = values(code)
        guard !codes.isEmpty, !codes.contains(where: \.isEmpty), Set(codes.map { ByteText($0) }).count == codes.count,
            case .columns? = ImportIdentity(text: HeaderIndex(headers).name(of: code))
        else { return nil }
        return (.columns(HeaderIndex(headers).name(of: code)), "no column holds SKUs, and each bar code stands once")
    }
}

extension HeaderSynonyms {
    /// A known name of a field that stands in the name of a column, as its beginning or its end or as words of it.
    func word(of field: String, in header: String) -> String? {
        let key = HeaderNames.plain(header)
        guard !key.isEmpty else { return nil }
        let names = entries.filter { $0.target == .field(field) }.flatMap { $0.names + $0.weak } + [field]
        return names.filter { name in
            let form = HeaderNames.plain(name)
            guard form.unicodeScalars.count >= 4 || form.unicodeScalars.contains(where: { $0.value > 0x2E80 }) else {
                return form == key
            }
            return key.hasPrefix(form) || key.hasSuffix(form)
        }.max { $0.unicodeScalars.count < $1.unicodeScalars.count }
    }
}
