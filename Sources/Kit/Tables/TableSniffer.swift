/// Finds out what a file is from its first bytes: what it is packed in, what kind of table it holds, the encoding, the
/// delimiter and the quote. What was chosen is taken as it is.
public enum TableSniffer {
    /// Bytes of the unpacked text that are looked at.
    static let headBytes = 256 << 10

    /// - Parameters:
    ///   - descriptor: an open regular file.
    ///   - range: where the upload lies in it.
    ///
    /// Throws a `TableError` whose `fault` says what the file is when it is no table.
    public static func sniff(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        choices: TableChoices = TableChoices(),
        limits: TableLimits = .standard
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
        try sniffText(head, isWhole: isWhole, choices, &format)
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
        _ format: inout TableFormat
    ) throws(TableError) {
        let found = EncodingSniffer.sniff(head, isWhole: isWhole)
        format.encoding = choices.encoding ?? found
        format.hasByteOrderMark =
            !format.encoding.byteOrderMark.isEmpty && head.starts(with: format.encoding.byteOrderMark)
        let text = try TranscodedBytes(MemoryBytes(head), from: format.encoding).prefix(4 * headBytes)
        guard !text.contains(0) else {
            throw .refused(choices.encoding == nil ? .notATable("binary") : .badEncoding(format.encoding.title))
        }
        if let kind = JSONSniffer.kind(text) {
            format.kind = kind
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

    /// The head of many files is plain ASCII and the first umlaut stands far below: a few blocks from all over the file
    /// are looked at too.
    private static func lookFurther(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ head: [UInt8],
        _ format: inout TableFormat
    ) throws(TableError) {
        let blocks: Int64 = 32
        let blockBytes: Int64 = 64 << 10
        let length = range.upperBound - range.lowerBound
        var evidence = EncodingSniffer.Evidence()
        evidence.add(head, startsInside: false)
        for block in 1...blocks {
            let start = range.lowerBound + length / (blocks + 1) * block
            let end = min(range.upperBound, start + blockBytes)
            evidence.add(try FileBytes(descriptor, start..<end).prefix(Int(end - start)), startsInside: true)
        }
        format.encoding = evidence.encoding
    }
}
