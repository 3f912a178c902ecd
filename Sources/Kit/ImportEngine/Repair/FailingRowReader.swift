import Glibc
package import Jobs
import Support
package import Tables

/// A failing row with its cells, as it stands in the file or as it came back last.
package struct FailingCells {
    package let failing: FailingRow
    /// At least as many as the file has columns; cells that the row lacks are empty. Nil for a row that is too long to
    /// be corrected on a page.
    package let cells: [[UInt8]]?

    package init(failing: FailingRow, cells: [[UInt8]]?) {
        (self.failing, self.cells) = (failing, cells)
    }

    package var row: Int64 { failing.row }
}

/// Reads failing rows cell by cell, for the page on which they are corrected.
package final class FailingRowReader {
    /// The header's cells, as they stand in the file.
    package let header: [[UInt8]]
    /// The same as text, without White_Space at the ends.
    package let headers: [String]
    /// How the table is delimited.
    package let dialect: CSVDialect
    private let table: ImportTable
    private let errors: RowErrorStore
    private let jobID: Int64

    /// Bytes of a row's cells beyond which a page is no place for them; often a quote is open that joins many rows.
    static let rowLimit = 48 << 10

    /// Opens the upload and reads its header.
    ///
    /// Throws `SystemError` when the upload is gone (ENOENT) or was changed (ESTALE).
    package init(_ source: ImportJob.Source, of job: Job, _ errors: RowErrorStore) throws {
        table = try ImportTable.existing(source, of: job)
        self.errors = errors
        jobID = job.id
        dialect = table.dialect
        var reader = table.reader()
        guard try reader.next() else { throw SystemError("read the header", code: EINVAL) }
        header = Self.cells(of: reader.record)
        headers = CSVHeader(reader.record).names
    }

    /// The rows with their cells, in the same order.
    package func read(_ rows: [FailingRow]) throws -> [FailingCells] {
        var reader = table.reader()
        return try rows.map { FailingCells(failing: $0, cells: try cells($0, &reader)) }
    }

    private func cells(_ row: FailingRow, _ reader: inout CSVReader) throws -> [[UInt8]]? {
        if let correction = try errors.correction(jobID: jobID, row: row.row) { return try cells(of: correction) }
        guard let place = row.errors.first, place.byteLength <= Int64(Self.rowLimit) else { return nil }
        reader.seek(to: CSVPosition(byteOffset: place.byteOffset, line: place.line, row: row.row))
        guard try reader.next() else { return nil }
        return padded(Self.cells(of: reader.record))
    }

    /// The cells of a row that came back, which is kept in the form of the file.
    private func cells(of correction: [UInt8]) throws -> [[UInt8]]? {
        guard correction.count <= Self.rowLimit else { return nil }
        let file = try Files.temporary()
        try Files.writeAll(correction, to: file.raw, "a corrected row")
        var reader = CSVReader(descriptor: file.raw, range: 0..<Int64(correction.count), dialect: dialect)
        return padded(try reader.next() ? Self.cells(of: reader.record) : [])
    }

    private func padded(_ cells: [[UInt8]]) -> [[UInt8]] {
        cells + Array(repeating: [], count: max(0, header.count - cells.count))
    }

    private static func cells(of record: CSVRecord) -> [[UInt8]] {
        (0..<record.count).map { Array(record.cell($0)) }
    }
}
