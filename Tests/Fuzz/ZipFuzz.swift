import Glibc
import Support
import Tables

/// An input is a byte of settings and either an archive as it stands, or contents that the harness packs first (a random
/// change of an archive hardly ever leaves its checksum right).
func checkZip(_ input: UnsafeBufferPointer<UInt8>) {
    guard !input.isEmpty else { return }
    let content = Array(input.dropFirst())
    switch input[0] & 3 {
    case 0, 1: checkAny(content)
    case 2: checkPacked(Packing.gzip(content), content, piece: Int(input[0] >> 2) + 1)
    default:
        let method: UInt16 = input[0] & 4 == 0 ? 0 : 8
        checkStored(Packing.zip([.init("a.csv", bytes: content, method: method)]), content)
    }
}

private let limits: TableLimits = {
    var limits = TableLimits()
    limits.bytes = 1 << 20
    limits.entries = 20
    limits.ratioFloor = 1 << 16
    return limits
}()

/// Whatever the bytes are, they are found to be something or refused in words; the file itself never fails.
private func checkAny(_ bytes: [UInt8]) {
    scratch.fill(bytes)
    expectFault(bytes) { () throws(TableError) in
        let directory = try ZipDirectory(scratch.descriptor, 0..<scratch.size, limits: limits)
        guard directory.entries.count <= limits.entries else { fatalError("over the limit: \(bytes)") }
        for entry in directory.entries {
            expectFault(bytes) { () throws(TableError) in
                let content = try directory.open(entry, limits: limits).prefix(2 << 20)
                guard Int64(content.count) == entry.size, Packing.crc32(content) == entry.checksum else {
                    fatalError("an entry that is wrong was not noticed: \(bytes)")
                }
            }
        }
    }
    expectFault(bytes) { () throws(TableError) in
        let content = try InflatedBytes(MemoryBytes(bytes), .gzip, limits: limits).prefix(2 << 20)
        guard content.count <= 1 << 20 else { fatalError("over the limit: \(bytes)") }
    }
    expectFault(bytes) { () throws(TableError) in
        let range = 0..<scratch.size
        let format = try TableSniffer.sniff(scratch.descriptor, range, limits: limits)
        guard TableFormat(json: format.json) == format else { fatalError("the format is kept otherwise: \(bytes)") }
    }
}

private func checkPacked(_ packed: [UInt8], _ content: [UInt8], piece: Int) {
    do {
        let unpacked = try InflatedBytes(Pieces(packed, piece), .gzip, limits: limits).prefix(1 << 20)
        guard unpacked == content else { fatalError("unpacked otherwise: \(content)") }
    } catch {
        fatalError("refused: \(error): \(content)")
    }
}

private func checkStored(_ archive: [UInt8], _ content: [UInt8]) {
    scratch.fill(archive)
    do {
        let directory = try ZipDirectory(scratch.descriptor, 0..<scratch.size, limits: limits)
        let unpacked = try directory.open(directory.entries[0], limits: limits).prefix(1 << 20)
        guard unpacked == content else { fatalError("unpacked otherwise: \(content)") }
    } catch {
        fatalError("refused: \(error): \(content)")
    }
}

private func expectFault(_ bytes: [UInt8], _ body: () throws(TableError) -> Void) {
    do {
        try body()
    } catch {
        guard error.fault != nil else { fatalError("\(error): \(bytes)") }
    }
}

/// One nameless file for all inputs. The fuzzer calls from one thread.
private nonisolated(unsafe) var scratch = ScratchFile()
