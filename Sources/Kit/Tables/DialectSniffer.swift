/// Finds delimiter and quote from the first records of a text in UTF-8.
enum DialectSniffer {
    private static let delimiters = [",", ";", "|", "\t"].map { UInt8(ascii: $0) }
    private static let sampleRecords = 100
    /// Files made for people begin with a title and the like; the header is looked for among so many records.
    private static let titleRecords = 20
    private static let double = UInt8(ascii: "\"")
    private static let single = UInt8(ascii: "'")

    /// - Returns: the dialect, and the bytes of a first line `sep=;`, by which spreadsheets say it themselves.
    static func sniff(
        _ text: [UInt8],
        isWhole: Bool,
        _ choices: TableChoices
    ) -> (dialect: CSVDialect, preamble: Int) {
        var text = text[...]
        var marks = 0
        while text.starts(with: byteOrderMark) {
            text = text.dropFirst(byteOrderMark.count)
            marks += byteOrderMark.count
        }
        var choices = choices
        var preamble = 0
        if let named = namedDelimiter(text) {
            preamble = marks + named.length
            text = text.dropFirst(named.length)
            if choices.delimiter == nil { choices.delimiter = named.delimiter }
        }
        let body = Array(text)
        let candidates = choices.delimiter.map { [$0] } ?? delimiters
        let samples = candidates.map { Sample(body, isWhole: isWhole, delimiter: $0, quote: double) }
        // A comma stands where nothing speaks for another. Of equals the last wins: what is rarest in running text.
        var best = samples[0]
        for sample in samples.dropFirst() where sample.score > 0 && sample.score >= best.score { best = sample }
        let quote = quote(choices, best, body, isWhole: isWhole)
        return (CSVDialect(delimiter: best.delimiter, quote: quote) ?? .rfc4180, preamble)
    }

    private static func quote(_ choices: TableChoices, _ best: Sample, _ body: [UInt8], isWhole: Bool) -> UInt8? {
        switch choices.quote {
        case .byte(let byte): return byte
        case .some(.none): return nil
        case nil: break
        }
        if best.quoted == 0 {
            let other = Sample(body, isWhole: isWhole, delimiter: best.delimiter, quote: single)
            if other.quoted >= max(2, other.records), other.misquoted == 0 { return single }
            // Programs that write tabs often quote nothing, and inches are written with the same sign.
            if best.misquoted > 0 && best.delimiter == UInt8(ascii: "\t") { return nil }
        }
        return double
    }

    /// `sep=;` and its line end.
    private static func namedDelimiter(_ text: ArraySlice<UInt8>) -> (delimiter: UInt8, length: Int)? {
        guard text.count >= 6, text.prefix(4).elementsEqual("sep=".utf8) else { return nil }
        let delimiter = text[text.startIndex + 4]
        guard CSVDialect(delimiter: delimiter, quote: nil) != nil else { return nil }
        let end = text.dropFirst(5).prefix(2)
        if end.elementsEqual([carriageReturn, lineFeed]) { return (delimiter, 7) }
        return end.first == lineFeed || end.first == carriageReturn ? (delimiter, 6) : nil
    }

    /// What the first records look like under one delimiter.
    private struct Sample {
        let delimiter: UInt8
        private(set) var records = 0
        private(set) var quoted = 0
        /// Cells that begin with the quote but do not end with it.
        private(set) var misquoted = 0
        private var counts: [Int] = []
        /// Of the first records, whether a cell begins with a digit: names of columns do not, amounts do.
        private var holdsNumbers: [Bool] = []
        private var beginsWithWords = false
        /// Records with a quote in the middle of a cell: usually one that another delimiter would put at its beginning.
        private var strayQuotes = 0

        /// High when the header has many cells and the records have as many; 0 for a single column.
        var score: Double {
            let first = score(from: 0)
            guard let header = headerBelowTitle else { return first }
            return max(first, 0.9 * score(from: header))
        }

        private func score(from header: Int) -> Double {
            guard header < counts.count, counts[header] >= 2 else { return 0 }
            let matching = counts[(header + 1)...].filter { $0 == counts[header] }.count
            let share = records > header + 1 ? max(0.05, Double(matching) / Double(records - header - 1)) : 1
            return Double(counts[header]) * share * share * (1 - 0.9 * Double(strayQuotes) / Double(records))
        }

        /// Where the header stands when the first record is shaped otherwise than most: the first that has as many
        /// cells as they have. One word alone is no title but the header of a single column.
        private var headerBelowTitle: Int? {
            guard let first = counts.first, first > 1 || beginsWithWords else { return nil }
            let shapes = Dictionary(grouping: counts.filter { $0 >= 2 }, by: \.self).mapValues(\.count)
            guard let usual = shapes.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key, usual != first,
                let header = holdsNumbers.indices.first(where: { counts[$0] == usual && !holdsNumbers[$0] }),
                counts[(header + 1)...].contains(usual)
            else { return nil }
            return header
        }

        init(_ body: [UInt8], isWhole: Bool, delimiter: UInt8, quote: UInt8) {
            self.delimiter = delimiter
            guard let dialect = CSVDialect(delimiter: delimiter, quote: quote) else { return }
            var scanner = CSVScanner(dialect)
            let padded = body + [UInt8](repeating: 0, count: ByteSearch.overrun)
            padded.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                var start = 0
                while start < body.count && records < sampleRecords {
                    if base[start] == lineFeed || base[start] == carriageReturn {
                        start += 1
                        continue
                    }
                    guard scanner.scan(base + start, limit: body.count - start, isLast: isWhole) else { return }
                    note(scanner, base + start, quote)
                    start += scanner.length
                }
            }
        }

        private mutating func note(_ scanner: borrowing CSVScanner, _ record: UnsafePointer<UInt8>, _ quote: UInt8) {
            records += 1
            counts.append(scanner.count)
            if records <= titleRecords {
                let cells = UnsafeBufferPointer(start: scanner.cells, count: scanner.count)
                holdsNumbers.append(
                    cells.contains { $0.length > 0 && (0x30...0x39).contains(record[Int($0.start)]) }
                )
            }
            if records == 1 {
                beginsWithWords = UnsafeBufferPointer(start: record, count: scanner.length).contains(UInt8(ascii: " "))
            }
            guard scanner.problems.isEmpty else {
                misquoted += 1
                return
            }
            var hasStray = false
            for index in 0..<scanner.count {
                let start = Int(scanner.cells[index].start)
                // A quoted cell's range lies between its quotes.
                if start > 0, record[start - 1] == quote {
                    quoted += 1
                } else {
                    let cell = UnsafeBufferPointer(start: record + start, count: scanner.cells[index].length)
                    hasStray = hasStray || cell.contains(quote)
                }
            }
            if hasStray { strayQuotes += 1 }
        }
    }
}
