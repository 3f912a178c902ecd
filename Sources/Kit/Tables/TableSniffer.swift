/// Finds out what a file is from its first bytes: what it is packed in, what kind of table it holds, the encoding, the
/// delimiter and the quote. What was chosen is taken as it is.
public enum TableSniffer {
    /// Bytes of the unpacked text that are looked at.
    static let headBytes = 256 << 10

    /// - Parameters:
    ///   - descriptor: an open regular file.
    ///   - range: where the upload lies in it.
    ///   - isRecord: whether a JSON object that has these names is a record itself, and not what holds the records.
    ///
    /// Throws a `TableError` whose `fault` says what the file is when it is no table.
    public static func sniff(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        choices: TableChoices = TableChoices(),
        limits: TableLimits = .standard,
        isRecord: ([String]) -> Bool = { _ in false }
    ) throws(TableError) -> TableFormat {
        var format = TableFormat()
        let first = try FileBytes(descriptor, range).prefix(512)
        if let kind = FileSignature.kind(first) { throw .refused(.notATable(kind)) }
        if FileSignature.isGzip(first) {
            format.container = .gzip
        } else if FileSignature.isZip(first) {
            let directory = try ZipDirectory(descriptor, range, limits: limits)
            if Workbook.isWorkbook(directory) {
                format.kind = .xlsx
                let workbook = try Workbook(directory, limits: limits)
                format.sheets = Array(workbook.sheets.prefix(100).map(\.name))
                format.sheet = try workbook.sheet(named: choices.sheet).name
                return format
            }
            if let kind = FileSignature.kind(directory) { throw .refused(.notATable(kind)) }
            format.container = .zip
            format.entry = try TableContent.table(in: directory).name
        }
        let content = try TableContent.packed(descriptor, range, format, limits: limits)
        let head = try content.prefix(headBytes)
        if format.container != .none { try refuseNested(head, format) }
        let isWhole = head.count < headBytes
        try sniffText(head, isWhole: isWhole, choices, isRecord, &format)
        if format.container == .none, choices.encoding == nil, format.encoding == .utf8,
            !format.hasByteOrderMark, !isWhole
        {
            try lookFurther(descriptor, range, head, &format)
        }
        return format
    }

    private static func refuseNested(_ head: [UInt8], _ format: TableFormat) throws(TableError) {
        let name = format.entry ?? "The table"
        if FileSignature.isGzip(head) || FileSignature.isZip(head) || FileSignature.isOtherArchive(head) {
            throw .refused(.nested(name))
        }
        if let kind = FileSignature.kind(head) { throw .refused(.notATable(kind)) }
    }

    private static func sniffText(
        _ head: [UInt8],
        isWhole: Bool,
        _ choices: TableChoices,
        _ isRecord: ([String]) -> Bool,
        _ format: inout TableFormat
    ) throws(TableError) {
        if let chosen = choices.encoding {
            format.encoding = chosen
        } else {
            let found = EncodingSniffer.sniff(head, isWhole: isWhole)
            (format.encoding, format.likelyEncodings) = (found.encoding, found.candidates)
        }
        guard format.encoding.isReadable else { throw .refused(.unreadableEncoding(format.encoding.title)) }
        format.hasByteOrderMark =
            !format.encoding.byteOrderMark.isEmpty && head.starts(with: format.encoding.byteOrderMark)
        let text = try TranscodedBytes(MemoryBytes(head), from: format.encoding).prefix(4 * headBytes)
        guard !text.contains(0) else {
            throw .refused(choices.encoding == nil ? .notATable("binary") : .badEncoding(format.encoding.title))
        }
        if let kind = JSONSniffer.kind(text) {
            format.kind = kind
            // JSON is UTF-8 by its own rules; what is not is read as it always was.
            if choices.encoding == nil, !format.encoding.isWritten { format.encoding = .windows1252 }
            format.likelyEncodings = []
            if kind == .ndjson { try findList(text, isWhole: isWhole, choices.list, isRecord, &format) }
            return
        }
        let sniffed = DialectSniffer.sniff(text, isWhole: isWhole, choices)
        format.dialect = sniffed.dialect
        guard sniffed.preamble > 0 else { return }
        // The byte order mark of a file that is not converted stands before the line and is part of its bytes.
        format.preambleBytes = Int64(sniffed.preamble)
        format.headerLine = 2
        if format.encoding == .utf8 && format.hasByteOrderMark {
            format.preambleBytes += Int64(byteOrderMark.count)
        }
    }

    /// One object may be all that a text holds, with the list of records somewhere in it. Several objects are records
    /// themselves.
    private static func findList(
        _ text: [UInt8],
        isWhole: Bool,
        _ chosen: String?,
        _ isRecord: ([String]) -> Bool,
        _ format: inout TableFormat
    ) throws(TableError) {
        let outline = JSONOutline(text, isWhole: isWhole)
        let candidates = outline.candidates
        guard outline.isOneObject else { return }
        if let chosen {
            let place = outline.places.first { $0.path == chosen }
            format.lists = outline.places.prefix(100).map(\.path)
            guard place != nil || outline.isCut else { throw .refused(.noSuchList(chosen, lists: format.lists)) }
            (format.kind, format.list, format.isKeyed) = (.json, chosen, place?.isKeyed ?? false)
        } else if let first = candidates.first, !isRecord(outline.names) {
            format.lists = candidates.prefix(100).map(\.path)
            (format.kind, format.list, format.isKeyed) = (.json, first.path, first.isKeyed)
        }
    }

    /// The head of many files is plain ASCII and the first umlaut stands far below: a few blocks from all over the file
    /// are looked at too.
    private static func lookFurther(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ head: [UInt8],
        _ format: inout TableFormat
    ) throws(TableError) {
        var evidence = EncodingSniffer.Evidence()
        let pieces = [(bytes: head, startsInside: false)] + (try blocks(descriptor, range))
        for piece in pieces { evidence.add(piece.bytes, startsInside: piece.startsInside) }
        guard !evidence.isUTF8 else { return }
        let found = EncodingSniffer.guess(pieces)
        (format.encoding, format.likelyEncodings) = (found.encoding, found.candidates)
    }

    private static func blocks(
        _ descriptor: Int32,
        _ range: Range<Int64>
    ) throws(TableError) -> [(bytes: [UInt8], startsInside: Bool)] {
        let blocks: Int64 = 32
        let blockBytes: Int64 = 64 << 10
        let length = range.upperBound - range.lowerBound
        var pieces: [(bytes: [UInt8], startsInside: Bool)] = []
        for block in 1...blocks {
            let start = range.lowerBound + length / (blocks + 1) * block
            let end = min(range.upperBound, start + blockBytes)
            pieces.append((try FileBytes(descriptor, start..<end).prefix(Int(end - start)), true))
        }
        return pieces
    }

    /// The pieces of a file that its encoding is told by, unpacked, and whether they begin anywhere.
    static func pieces(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ format: TableFormat,
        limits: TableLimits
    ) throws(TableError) -> [(bytes: [UInt8], startsInside: Bool)] {
        let head = try TableContent.packed(descriptor, range, format, limits: limits).prefix(headBytes)
        let isAll = head.count < headBytes || format.container != .none
        return [(bytes: head, startsInside: false)] + (isAll ? [] : try blocks(descriptor, range))
    }
}
