/// A few cells of a text as they would be in one encoding.
public struct EncodingSample: Sendable, Equatable {
    public var encoding: TextEncoding
    /// The same cells in each sample. U+FFFD stands for what the encoding does not have.
    public var texts: [String]

    private static let cells = 4
    private static let longest = 60

    /// - Parameters:
    ///   - descriptor: the upload, open for reading; the table lies in `range`.
    ///   - format: what it is packed in.
    ///
    /// Throws a `TableError` when the file cannot be read.
    public static func read(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ format: TableFormat,
        in encodings: [TextEncoding],
        limits: TableLimits = .standard
    ) throws(TableError) -> [EncodingSample] {
        var samples = encodings.map { EncodingSample(encoding: $0, texts: []) }
        var known: Set<[String]> = []
        for piece in try TableSniffer.pieces(descriptor, range, format, limits: limits) {
            for cell in cellsBeyondASCII(piece.bytes, startsInside: piece.startsInside) {
                guard known.count < cells else { return samples }
                var texts: [String] = []
                for encoding in encodings { texts.append(try text(cell, encoding)) }
                // What is the same in all of them decides nothing.
                guard Set(texts).count > 1, known.insert(texts).inserted else { continue }
                for index in samples.indices { samples[index].texts.append(texts[index]) }
            }
        }
        return samples
    }

    private static func text(_ cell: [UInt8], _ encoding: TextEncoding) throws(TableError) -> String {
        let bytes = try TranscodedBytes(MemoryBytes(cell), from: encoding).prefix(4 * cell.count + 8)
        var text = ""
        for character in String(decoding: bytes, as: UTF8.self)
        where character != "\u{FFFD}" || text.last != "\u{FFFD}" { text.append(character) }
        return text
    }

    /// What stands between delimiters, quotes and line ends and has a byte beyond ASCII.
    private static func cellsBeyondASCII(_ bytes: [UInt8], startsInside: Bool) -> [[UInt8]] {
        let ends = Set("\",;\t\r\n".utf8)
        var cells = bytes.split(maxSplits: 20_000) { ends.contains($0) }
        if startsInside, !cells.isEmpty { cells.removeFirst() }
        let found = cells.filter { $0.count <= longest && $0.contains { $0 >= 0x80 } }
        return found.prefix(200).map { Array($0) }
    }
}
