import Glibc
import Tables

/// An input is three bytes of settings and a file: dialect and record limit, read size and width, and where to resume.
func checkCSV(_ input: UnsafeBufferPointer<UInt8>) {
    if input.count >= 3 { CSVCase(input).check() }
}

/// What the reader makes of one file, held against the reference, against itself resumed, and against the writer.
private struct CSVCase {
    let bytes: [UInt8]
    let dialect: CSVDialect
    let limit: Int
    let readSize: Int
    let resumeAt: Int
    let width: Int

    init(_ input: UnsafeBufferPointer<UInt8>) {
        let dialects: [CSVDialect?] = [
            .rfc4180, .tabs, CSVDialect(delimiter: UInt8(ascii: ";"), quote: UInt8(ascii: "'")),
            CSVDialect(delimiter: UInt8(ascii: ","), quote: nil),
        ]
        bytes = Array(input.dropFirst(3))
        dialect = dialects[Int(input[0] & 3)] ?? .rfc4180
        limit = input[0] & 4 == 0 ? CSVReader.recordLimit : Int(input[0] >> 3) + 1
        readSize = Int(input[1] & 63) + 1
        resumeAt = Int(input[2])
        width = Int(input[1] >> 6)
    }

    func check() {
        scratch.fill(bytes)
        var reference = ReferenceCSV(
            bytes,
            delimiter: dialect.delimiter,
            quote: dialect.quote,
            limit: limit,
            width: width
        )
        let expected = reference.records()
        let (records, positions) = read(from: .start, readSize: readSize)
        guard records == expected else { fail("reader and reference differ", records, expected) }
        if !positions.isEmpty {
            let index = resumeAt % positions.count
            let rest = read(from: positions[index], readSize: 1 << 16).records
            let wanted = Array(records[(index + 1)...])
            guard rest == wanted else { fail("resumed reader differs", rest, wanted) }
        }
        checkWriter(records)
    }

    private func checkWriter(_ records: [PlainRecord]) {
        guard dialect.quote != nil else { return }
        var writer = CSVWriter(dialect: dialect)
        let whole = records.map { $0.cells }.filter { !$0.allSatisfy(ReferenceCSV.isBlank) }
        for cells in whole {
            for cell in cells { cell.withUnsafeBufferPointer { writer.append($0) } }
            writer.endRecord()
        }
        scratch.fill(writer.take())
        // Of broken records the cells are not made as many as the table has: they come back as they are.
        let back = read(from: .start, readSize: 1 << 16, limit: CSVReader.recordLimit, width: 0).records
        guard back.map({ $0.cells }) == whole else { fail("what was written is read otherwise", back, records) }
    }

    private func read(
        from position: CSVPosition,
        readSize: Int,
        limit: Int? = nil,
        width: Int? = nil
    ) -> (records: [PlainRecord], positions: [CSVPosition]) {
        var reader = CSVReader(
            descriptor: scratch.descriptor,
            range: 0..<scratch.size,
            dialect: dialect,
            width: width ?? self.width,
            from: position,
            recordLimit: limit ?? self.limit,
            readSize: readSize
        )
        var records: [PlainRecord] = []
        var positions: [CSVPosition] = []
        do {
            while try reader.next() {
                records.append(PlainRecord(reader.record))
                positions.append(reader.position)
            }
        } catch {
            fatalError("\(error)")
        }
        return (records, positions)
    }

    private func fail(_ what: String, _ actual: [PlainRecord], _ expected: [PlainRecord]) -> Never {
        fatalError("\(what): \(bytes), limit \(limit), read size \(readSize)\n\(actual)\n\(expected)")
    }
}

/// One nameless file for all inputs. The fuzzer calls from one thread.
private nonisolated(unsafe) var scratch = ScratchFile()
