/// The bytes of a table, out of what they are packed in and in UTF-8.
enum TableContent {
    private static let tableEndings = [".csv", ".tsv", ".tab", ".txt", ".ndjson", ".jsonl", ".json", ".xlsx"]

    /// Unpacked, still in the file's encoding. Of a workbook or a plain file the bytes as they are.
    static func packed(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ format: TableFormat,
        limits: TableLimits
    ) throws(TableError) -> any ByteStream {
        switch format.container {
        case .none: return FileBytes(descriptor, range)
        case .gzip: return try InflatedBytes(FileBytes(descriptor, range), .gzip, limits: limits)
        case .zip:
            let directory = try ZipDirectory(descriptor, range, limits: limits)
            return try directory.open(try table(in: directory), limits: limits)
        }
    }

    /// Unpacked and in UTF-8. A byte order mark stays only where nothing had to be converted.
    static func text(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ format: TableFormat,
        limits: TableLimits
    ) throws(TableError) -> any ByteStream {
        let content = try packed(descriptor, range, format, limits: limits)
        return format.encoding == .utf8 ? content : TranscodedBytes(content, from: format.encoding)
    }

    /// The one table of an archive. What systems add of themselves does not count; beside several files the only one
    /// that is named like a table is meant.
    static func table(in directory: ZipDirectory) throws(TableError) -> ZipEntry {
        let files = directory.entries.filter { entry in
            let last = entry.name.split(separator: "/").last ?? ""
            return !entry.isFolder && !entry.name.hasPrefix("__MACOSX/") && !last.hasPrefix(".") && last != "Thumbs.db"
        }
        guard let first = files.first else { throw .refused(.noEntry) }
        if files.count == 1 { return first }
        let tables = files.filter { entry in tableEndings.contains { entry.name.lowercased().hasSuffix($0) } }
        guard tables.count == 1 else {
            throw .refused(.severalEntries((tables.isEmpty ? files : tables).map(\.name)))
        }
        return tables[0]
    }
}
