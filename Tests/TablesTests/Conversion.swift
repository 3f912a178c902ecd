import Glibc
import Support

@testable import Tables

/// What becomes of a file: found out, converted, and read as a job reads it.
struct Conversion {
    var format = TableFormat()
    var text = ""
    /// The line and the cells of each record.
    var records: [(line: Int64, cells: [String])] = []

    var cells: [[String]] { records.map(\.cells) }

    /// - Parameter records: how many are wanted, as a preview wants them.
    init(
        _ bytes: [UInt8],
        _ choices: TableChoices = TableChoices(),
        limits: TableLimits = .standard,
        records wanted: Int64? = nil,
        header: Int64? = nil
    ) throws {
        let fixture = try CSVFixture(bytes, padding: 11)
        format = try TableSniffer.sniff(fixture.file.raw, fixture.range, choices: choices, limits: limits)
        if let header { format.headerLine = header }
        let target = try Files.temporary()
        try TableConverter.convert(
            fixture.file.raw,
            fixture.range,
            format,
            to: target.raw,
            scratch: "/tmp",
            limits: limits,
            records: wanted,
            isHeaderKnown: header != nil
        )
        let length = lseek(target.raw, 0, SEEK_END)
        var content = [UInt8](repeating: 0, count: length)
        guard pread(target.raw, &content, length, 0) == length else { throw SystemError("read the converted table") }
        text = String(decoding: content, as: UTF8.self)
        var reader = CSVReader(
            descriptor: target.raw,
            range: 0..<Int64(length),
            dialect: format.readDialect,
            countsInnerLines: format.countsInnerLines,
            from: header == nil ? format.start : .start
        )
        while try reader.next() { records.append((reader.record.position.line, PlainRecord(reader.record).texts)) }
    }

    init(_ text: String, _ choices: TableChoices = TableChoices()) throws {
        try self.init(Array(text.utf8), choices)
    }
}

/// The code and the sentence that a file is refused with; "accepted" when it is not.
func refusal(_ bytes: [UInt8], _ choices: TableChoices = TableChoices(), limits: TableLimits = .standard) -> String {
    do {
        _ = try Conversion(bytes, choices, limits: limits)
        return "accepted"
    } catch let error as TableError {
        return error.fault.map { "\($0.code): \($0.text)" } ?? "\(error)"
    } catch {
        return "\(error)"
    }
}

func refusal(_ text: String) -> String { refusal(Array(text.utf8)) }
