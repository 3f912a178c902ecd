import Crypto
import Glibc
import Support

/// What stands at the head of a plan: 512 bytes.
package struct PlanHeader: Sendable, Equatable {
    /// Bytes of the working table that the plan was made of.
    package var tableBytes: Int64
    /// SHA-256 of the options and the header record: another mapping makes another plan.
    package var inputHash: [UInt8]
    package var counts = PlanCounts()

    static let size = 512
    private static let magic: [UInt8] = Array("BodegaP1".utf8)

    package init(tableBytes: Int64, inputHash: [UInt8]) {
        self.tableBytes = tableBytes
        self.inputHash = inputHash
    }

    /// What a plan depends on besides the table and the catalogue.
    static func hash(_ options: ImportOptions, _ columns: ImportColumns) -> [UInt8] {
        var hash = SHA256()
        hash.update(options.json.bytes)
        for header in columns.headers { hash.update([0] + Array(header.utf8)) }
        return hash.finish()
    }

    var bytes: [UInt8] {
        var bytes = Self.magic
        func add(_ number: Int64) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
        add(tableBytes)
        bytes += inputHash
        for number in counts.flat { add(number) }
        add(counts.limits.sharePercent)
        add(counts.limits.pricePercent)
        add(counts.limits.leastCount)
        return bytes + [UInt8](repeating: 0, count: Self.size - bytes.count)
    }

    init?(bytes: [UInt8]) {
        guard bytes.count == Self.size, bytes.starts(with: Self.magic) else { return nil }
        func number(_ offset: Int) -> Int64 {
            bytes.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Int64.self)) }
        }
        tableBytes = number(8)
        inputHash = Array(bytes[16..<48])
        counts = PlanCounts(numbers: (0..<PlanCounts.numbers).map { number(48 + $0 * 8) })
        let end = 48 + PlanCounts.numbers * 8
        // Plans of earlier versions have nothing here.
        guard number(end + 8) > 0 else { return }
        counts.limits.sharePercent = number(end)
        counts.limits.pricePercent = number(end + 8)
        counts.limits.leastCount = number(end + 16)
    }

    /// How many entries follow.
    var entries: Int64 { counts.rows + counts[.deactivate] }
}

/// Writes a plan: entries in the order of the file into a temporary file beside it, which takes the plan's name when
/// it is whole and on the disk. Removes what it began when it ends before that.
final class PlanWriter {
    private let path: String
    private let temporary: String
    private let file: OwnedDescriptor
    @exclusivity(unchecked) private var header: PlanHeader
    private let buffer: UnsafeMutableBufferPointer<PlanEntry>
    @exclusivity(unchecked) private var used = 0
    /// How many entries were looked through by `close`.
    private var looked: Int64 = 0
    private var isPublished = false

    private static let bufferedEntries = 4096

    /// - Parameter attempt: keeps two workers apart that both believe the job to be theirs.
    init(_ path: String, attempt: Int64, header: PlanHeader) throws(SystemError) {
        self.path = path
        self.header = header
        temporary = "\(path).\(attempt)"
        file = try Files.open(temporary, O_RDWR | O_CREAT | O_TRUNC)
        buffer = .allocate(capacity: Self.bufferedEntries)
        guard lseek(file.raw, off_t(PlanHeader.size), SEEK_SET) >= 0 else { throw SystemError("write the plan") }
    }

    deinit {
        buffer.deallocate()
        if !isPublished { unlink(temporary) }
    }

    var counts: PlanCounts { header.counts }

    func add(_ entry: PlanEntry) throws(SystemError) {
        header.counts.add(entry)
        (buffer.baseAddress.unsafelyUnwrapped + used).initialize(to: entry)
        used += 1
        if used == Self.bufferedEntries { try flush() }
    }

    /// Gives some of the entries that are open their final form; after the last `add` of one.
    /// - Parameters:
    ///   - start: the first entry that may be open, from 0.
    ///   - end: when to stop, in nanoseconds of the monotonic clock.
    ///   - conclude: gets the place of an open entry and the entry.
    /// - Returns: whether there are more entries to look through.
    func close(
        from start: Int64,
        until end: UInt64,
        _ conclude: (_ index: Int64, PlanEntry) throws -> PlanEntry
    ) throws -> Bool {
        try flush()
        looked = max(looked, start)
        let place = Int64(PlanHeader.size) + looked * Int64(PlanEntry.size)
        let bytes = UnsafeMutableRawBufferPointer(buffer)
        let count = try Files.read(file.raw, into: bytes, at: place, "the plan") / PlanEntry.size
        var done = 0
        while done < count, done == 0 || done & 0xFF != 0 || monotonicNanoseconds() < end {
            if buffer[done].isOpen {
                buffer[done] = try conclude(looked + Int64(done), buffer[done])
                header.counts.add(buffer[done])
            }
            done += 1
        }
        let changed = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[0..<done]))
        try Files.writeAll(changed, to: file.raw, at: place, "the plan")
        looked += Int64(done)
        return done > 0
    }

    private func flush() throws(SystemError) {
        let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[0..<used]))
        try Files.writeAll(bytes, to: file.raw, "the plan")
        used = 0
    }

    /// Writes the head and brings everything to the disk. Takes as long as the disk needs, so it stands outside any
    /// transaction.
    func finish() throws {
        try flush()
        try header.bytes.withUnsafeBytes { try Files.writeAll($0, to: file.raw, at: 0, "the plan") }
        guard fsync(file.raw) == 0 else { throw SystemError("sync the plan") }
    }

    /// Gives the plan its name, in place of an older one. Only for who still owns the job.
    func publish() throws(SystemError) {
        try Files.rename(temporary, to: path)
        isPublished = true
    }
}

/// Reads a plan, entry by entry in windows of 64 KB.
final class PlanReader {
    /// Why a plan cannot be used.
    enum Fault: Error, Equatable {
        case missing, damaged
    }

    let header: PlanHeader
    private let file: OwnedDescriptor
    private let window: UnsafeMutableBufferPointer<PlanEntry>
    private var windowStart: Int64 = 0
    private var windowCount: Int64 = 0
    /// The entry that `next()` gives, from 0.
    private(set) var index: Int64

    private static let windowEntries = 2048

    /// - Parameter start: the first entry wanted, from 0.
    ///
    /// Throws a `Fault` when the plan is lost, `SystemError` when only the machine would not read it.
    init(_ path: String, from start: Int64 = 0) throws {
        do {
            file = try Files.open(path, O_RDONLY)
        } catch  where error.code == ENOENT {
            throw Fault.missing
        }
        guard let header = try Self.head(file.raw) else { throw Fault.damaged }
        self.header = header
        index = max(0, start)
        window = .allocate(capacity: Self.windowEntries)
    }

    deinit {
        window.deallocate()
    }

    /// Nil unless the file is as long as its head says.
    private static func head(_ descriptor: Int32) throws -> PlanHeader? {
        var head = [UInt8](repeating: 0, count: PlanHeader.size)
        let count = try head.withUnsafeMutableBytes { try Files.read(descriptor, into: $0, at: 0, "the plan") }
        let length = Int64(lseek(descriptor, 0, SEEK_END))
        guard count == PlanHeader.size, let header = PlanHeader(bytes: head),
            length == Int64(PlanHeader.size) + header.entries * Int64(PlanEntry.size)
        else { return nil }
        return header
    }

    /// The entry at a place, from 0; nil behind the last.
    func entry(at index: Int64) throws -> PlanEntry? {
        if index < windowStart || index >= windowStart + windowCount {
            guard try fill(index) else { return nil }
        }
        return window[Int(index - windowStart)]
    }

    func next() throws -> PlanEntry? {
        guard let entry = try entry(at: index) else { return nil }
        index += 1
        return entry
    }

    func move(to index: Int64) { self.index = max(0, index) }

    /// - Returns: false behind the last entry.
    private func fill(_ index: Int64) throws -> Bool {
        let wanted = min(Int64(Self.windowEntries), header.entries - index)
        guard index >= 0, wanted > 0 else { return false }
        let bytes = Int(wanted) * PlanEntry.size
        let place = Int64(PlanHeader.size) + index * Int64(PlanEntry.size)
        let buffer = UnsafeMutableRawBufferPointer(start: window.baseAddress, count: bytes)
        guard try Files.read(file.raw, into: buffer, at: place, "the plan") == bytes else {
            throw SystemError("read the plan", code: EIO)
        }
        windowStart = index
        windowCount = wanted
        return true
    }

    /// A page of the entries of some states: those at `start` and behind, at most so many.
    func page(_ states: Set<PlanState>, from start: Int64, limit: Int) throws -> [(index: Int64, entry: PlanEntry)] {
        // What the head counts tells when there is nothing to look for.
        guard header.counts.sum(Array(states)) > 0 else { return [] }
        var found: [(index: Int64, entry: PlanEntry)] = []
        move(to: start)
        while found.count < limit {
            let place = index
            guard let entry = try next() else { break }
            if let state = entry.state, states.contains(state) { found.append((place, entry)) }
        }
        return found
    }
}
