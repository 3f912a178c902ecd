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
    /// The job that made it, by its public id; empty in plans of earlier versions.
    package private(set) var job = ""
    /// Which of the job's attempts made it.
    package private(set) var attempt: Int64 = 0
    /// BLAKE2b-256 of all entries.
    package var entriesHash = [UInt8](repeating: 0, count: 32)

    static let size = 512
    private static let magic: [UInt8] = Array("BodegaP2".utf8)
    /// Of plans that say neither whose they are nor what their entries were.
    private static let earlierMagic: [UInt8] = Array("BodegaP1".utf8)
    /// Where whose they are begins, and bytes for the job's id: a UUID has 36.
    private static let owner = (start: 392, jobBytes: 64)

    package init(job: String, attempt: Int64, tableBytes: Int64, inputHash: [UInt8]) {
        self.job = job
        self.attempt = attempt
        self.tableBytes = tableBytes
        self.inputHash = inputHash
    }

    /// Names this very plan: changes with each of its bytes, the job and the attempt. Empty for plans of earlier
    /// versions, which cannot be told apart.
    package var identity: String { job.isEmpty ? "" : BLAKE2b.hash(bytes[...]).hex }

    /// What a plan depends on besides the table and the catalogue.
    static func hash(_ options: ImportOptions, _ columns: ImportColumns) -> [UInt8] {
        var hash = SHA256()
        hash.update(options.json.bytes)
        for header in columns.headers { hash.update([0] + Array(header.utf8)) }
        return hash.finish()
    }

    var bytes: [UInt8] {
        var bytes = job.isEmpty ? Self.earlierMagic : Self.magic
        func add(_ number: Int64) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
        add(tableBytes)
        bytes += inputHash
        for number in counts.flat { add(number) }
        add(counts.limits.sharePercent)
        add(counts.limits.pricePercent)
        add(counts.limits.leastCount)
        if !job.isEmpty {
            bytes += [UInt8](repeating: 0, count: Self.owner.start - bytes.count) + entriesHash
            add(attempt)
            bytes += job.utf8.prefix(Self.owner.jobBytes)
        }
        return bytes + [UInt8](repeating: 0, count: Self.size - bytes.count)
    }

    init?(bytes: [UInt8]) {
        let isEarlier = bytes.starts(with: Self.earlierMagic)
        guard bytes.count == Self.size, isEarlier || bytes.starts(with: Self.magic) else { return nil }
        func number(_ offset: Int) -> Int64 {
            bytes.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Int64.self)) }
        }
        tableBytes = number(8)
        inputHash = Array(bytes[16..<48])
        counts = PlanCounts(numbers: (0..<PlanCounts.numbers).map { number(48 + $0 * 8) })
        if !isEarlier {
            let start = Self.owner.start
            entriesHash = Array(bytes[start..<start + 32])
            attempt = number(start + 32)
            let name = bytes[(start + 40)..<(start + 40 + Self.owner.jobBytes)].prefix { $0 != 0 }
            job = String(decoding: name, as: UTF8.self)
            guard !job.isEmpty else { return nil }
        }
        let end = 48 + PlanCounts.numbers * 8
        // Plans of earlier versions have nothing here.
        guard number(end + 8) > 0 else { return }
        counts.limits.sharePercent = number(end)
        counts.limits.pricePercent = number(end + 8)
        counts.limits.leastCount = number(end + 16)
    }

    /// How many entries follow.
    var entries: Int64 { counts.rows + counts[.deactivate] }

    /// Where they stand in the file.
    var entriesRange: Range<Int64> { Int64(Self.size)..<Int64(Self.size) + entries * Int64(PlanEntry.size) }
}

/// Writes a plan: entries in the order of the file into one that takes the plan's name when it is whole and on the
/// disk. So two workers that both believe the job to be theirs do not meet, and one that dies leaves nothing.
final class PlanWriter {
    private let file: FileReplacement
    @exclusivity(unchecked) private var header: PlanHeader
    private let buffer: UnsafeMutableBufferPointer<PlanEntry>
    @exclusivity(unchecked) private var used = 0
    /// How many entries were looked through by `close`.
    private var looked: Int64 = 0

    private static let bufferedEntries = 4096

    init(_ path: String, _ header: PlanHeader) throws(SystemError) {
        self.header = header
        file = try FileReplacement(path)
        buffer = .allocate(capacity: Self.bufferedEntries)
        guard lseek(file.descriptor, off_t(PlanHeader.size), SEEK_SET) >= 0 else { throw SystemError("write the plan") }
    }

    deinit {
        buffer.deallocate()
    }

    var counts: PlanCounts { header.counts }
    /// See `PlanHeader.identity`; known after `finish`.
    var identity: String { header.identity }

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
        let count = try Files.read(file.descriptor, into: bytes, at: place, "the plan") / PlanEntry.size
        var done = 0
        while done < count, done == 0 || done & 0xFF != 0 || monotonicNanoseconds() < end {
            if buffer[done].isOpen {
                buffer[done] = try conclude(looked + Int64(done), buffer[done])
                header.counts.add(buffer[done])
            }
            done += 1
        }
        let changed = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[0..<done]))
        try Files.writeAll(changed, to: file.descriptor, at: place, "the plan")
        looked += Int64(done)
        return done > 0
    }

    private func flush() throws(SystemError) {
        let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[0..<used]))
        try Files.writeAll(bytes, to: file.descriptor, "the plan")
        used = 0
    }

    /// Writes the head and brings everything to the disk. Takes as long as the disk needs, so it stands outside any
    /// transaction.
    func finish() throws {
        try flush()
        header.entriesHash = try BLAKE2b.hash(file.descriptor, header.entriesRange, "the plan")
        try header.bytes.withUnsafeBytes { try Files.writeAll($0, to: file.descriptor, at: 0, "the plan") }
        try file.sync()
    }

    /// Gives the plan its name, in place of an older one. Only for who still owns the job.
    func publish() throws(SystemError) {
        try file.place()
    }
}

/// Reads a plan, entry by entry in windows of 64 KB.
package final class PlanReader {
    /// Why a plan cannot be used.
    package enum Fault: Error, Equatable {
        case missing, damaged
        /// It is another one than was asked for.
        case foreign
    }

    package let header: PlanHeader
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
    package init(_ path: String, from start: Int64 = 0) throws {
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
            length == header.entriesRange.upperBound
        else { return nil }
        return header
    }

    /// Makes sure that this is the plan of that name and job; throws `Fault.foreign`.
    package func require(_ identity: String, of job: String) throws(Fault) {
        guard header.identity == identity, header.job.isEmpty || header.job == job else { throw .foreign }
    }

    /// Makes sure that the entries are those that the head knows: reads all of them. Throws `Fault.foreign`.
    func requireEntries() throws {
        guard !header.job.isEmpty else { return }
        let found = try BLAKE2b.hash(file.raw, header.entriesRange, "the plan")
        guard found == header.entriesHash else { throw Fault.foreign }
    }

    /// The entry at a place, from 0; nil behind the last.
    package func entry(at index: Int64) throws -> PlanEntry? {
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
    package func page(_ states: Set<PlanState>, from start: Int64, limit: Int) throws -> [(
        index: Int64, entry: PlanEntry
    )] {
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
