package import Database
import Glibc
package import Jobs
import Records
import Support
import Tables

/// `errors.csv`: the failing rows of an import as they stood in the upload, byte for byte and in its dialect, each
/// behind its number and what is wrong with it. Of an upload that was converted they stand as they were converted: in
/// UTF-8, and those of a workbook or of JSON with commas; so do those of text in an encoding that is not written. A row
/// that came back corrected and failed again stands as it came back, so that no user corrects the same cell twice.
///
/// Made part by part while it is sent: neither the upload nor the list of its errors is ever held in memory.
package final class FailingRowsFile {
    private let table: ImportTable
    private let encoding: TextEncoding
    private let header: [UInt8]
    private let lineEnd: [UInt8]
    private let startsWithMark: Bool
    private let jobID: Int64
    private var waiting: ArraySlice<FailingRow> = []
    private var lastRow: Int64 = 0
    private var hasBegun = false

    /// Opens the upload and reads its header.
    ///
    /// Throws `SystemError` when the upload is gone or was changed.
    package init(_ source: ImportJob.Source, of job: Job) throws {
        jobID = job.id
        table = try ImportTable.existing(source, of: job)
        let own = source.format.kind == .delimited ? source.format.encoding : .utf8
        encoding = own.isWritten ? own : .utf8
        var reader = table.reader()
        guard try reader.next(), let raw = reader.record.raw else { throw SystemError("read the header", code: EINVAL) }
        let bytes = Array(raw)
        lineEnd = Self.lineEnd(of: bytes) ?? Array("\r\n".utf8)
        header = Self.withoutLineEnd(bytes)
        let mark = table.format.start.byteOffset + 3
        // In UTF-8 with a mark a spreadsheet shows the letters as they are, and no user has to say the encoding again.
        startsWithMark = !own.isWritten || reader.record.position.byteOffset == mark || table.format.hasByteOrderMark
    }

    /// That of a job.
    ///
    /// Throws as the other.
    package convenience init(of job: Job, _ connection: Connection) throws {
        guard let source = ImportJob.Source(json: job.parameters, in: connection.folder) else {
            throw SystemError("find the file", code: ENOENT)
        }
        try self.init(source, of: job)
    }

    /// The next part of the file, which ends when it has that number of bytes; nil behind the last.
    package func next(_ connection: Connection, _ bytes: Int) throws -> [UInt8]? {
        var part: [UInt8] = []
        let isFirst = !hasBegun
        if !hasBegun {
            hasBegun = true
            part += cells([RepairColumns.row, RepairColumns.error]) + header + lineEnd
        }
        while part.count < bytes {
            if waiting.isEmpty { waiting = try RowErrorStore(connection).rows(jobID: jobID, after: lastRow)[...] }
            guard let row = waiting.popFirst() else { break }
            try append(row, try RowErrorStore(connection).correction(jobID: jobID, row: row.row), to: &part)
            lastRow = row.row
        }
        guard !part.isEmpty else { return nil }
        return encoding.encoded(part, byteOrderMark: isFirst && startsWithMark)
    }

    private func append(_ row: FailingRow, _ correction: [UInt8]?, to part: inout [UInt8]) throws {
        part += cells([String(row.row), FormulaCells.shown(Self.message(row.errors))])
        if let correction {
            part += correction + lineEnd
            return
        }
        // A record over the limit is only named: no user would find the fault in it, and it may be the rest of the
        // file. What is no object has no cells.
        if let error = row.errors.first, error.byteLength <= Int64(CSVReader.recordLimit + 2),
            error.code != CellFault.badJSON.code
        {
            let record = Self.withoutLineEnd(try record(error))
            part += table.format.kind == .delimited ? record : CellFault.unmarked(record)
        }
        part += lineEnd
    }

    /// All that is wrong with a row: `price: It is …; name: It is …`.
    static func message(_ errors: [RowError]) -> String {
        errors.map { error in error.column.map { "\($0): \(error.message)" } ?? error.message }.joined(separator: "; ")
    }

    /// Our own cells, each with the delimiter behind it.
    private func cells(_ texts: [String]) -> [UInt8] {
        var writer = CSVWriter(dialect: table.dialect)
        for text in texts {
            var text = text
            text.withUTF8 { writer.appendReadable($0, table.dialect) }
        }
        return writer.take() + [table.dialect.delimiter]
    }

    private func record(_ error: RowError) throws -> [UInt8] {
        let start = table.range.lowerBound + error.byteOffset
        guard error.byteOffset >= 0, error.byteLength >= 0, start + error.byteLength <= table.range.upperBound else {
            throw SystemError("read a failing row", code: EINVAL)
        }
        let wanted = Int(error.byteLength)
        return try [UInt8](unsafeUninitializedCapacity: wanted) { target, done in
            let buffer = UnsafeMutableRawBufferPointer(start: target.baseAddress, count: wanted)
            done = try Files.read(table.descriptor, into: buffer, at: start, "a failing row")
            guard done == wanted else { throw SystemError("read a failing row", code: EINVAL) }
        }
    }

    private static func lineEnd(of record: [UInt8]) -> [UInt8]? {
        let end = record.suffix(2)
        if end.elementsEqual([0x0D, 0x0A]) { return [0x0D, 0x0A] }
        return end.last.flatMap { $0 == 0x0A || $0 == 0x0D ? [$0] : nil }
    }

    private static func withoutLineEnd(_ record: [UInt8]) -> [UInt8] {
        Array(record.dropLast(lineEnd(of: record)?.count ?? 0))
    }
}
