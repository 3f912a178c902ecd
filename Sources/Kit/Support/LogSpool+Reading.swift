import CLinux
import Glibc

extension LogSpool {
    /// How far a spool was read: which file, and how many bytes of it.
    public struct Place: Sendable, Equatable {
        public var generation: String
        public var offset: Int64

        public init(generation: String, offset: Int64) {
            self.generation = generation
            self.offset = offset
        }
    }

    /// Some of the lines that wait.
    public struct Batch<Entry> {
        public var entries: [Entry] = []
        /// Records that are no lines: cut off, or somebody has meddled.
        public var unreadable = 0
        /// Behind the last of them.
        public var place: Place
        /// Whether others follow.
        public var hasMore = false
    }

    /// Bytes of a file of which nobody needs to be kept once it was read.
    public static let retireBytes: Int64 = 64 << 10

    /// The lines behind a place; all of them when the file is another one by now.
    /// - Parameter limit: bytes to read at most.
    /// - Returns: nil when there is no file.
    public func read(after place: Place?, limit: Int = 256 << 10) throws(SystemError) -> Batch<LogEntry>? {
        try read(after: place, limit: limit) { LogEntry(json: $0) }
    }

    /// The same where the lines are something else.
    /// - Parameter decode: nil for what is no such line.
    public func read<Entry>(
        after place: Place?,
        limit: Int = 256 << 10,
        decode: ([UInt8]) -> Entry?
    ) throws(SystemError) -> Batch<Entry>? {
        guard Files.exists(path) else { return nil }
        let file = try Files.open(path, O_RDONLY)
        guard let size = Files.size(of: file) else { throw SystemError("look at \(path)") }
        let generation = try generation(of: file)
        // A file that got shorter was written by somebody else: begin again.
        let isKnown = place?.generation == generation && place?.offset ?? 0 <= size
        let start = isKnown ? place?.offset ?? 0 : 0
        var buffer = [UInt8](repeating: 0, count: limit)
        let failure = buffer.withUnsafeMutableBytes { buffer in
            Result<Int, SystemError> { () throws(SystemError) in
                try Files.read(file.raw, into: buffer, at: start, path)
            }
        }
        let count = try failure.get()
        var batch = Batch<Entry>(place: Place(generation: generation, offset: start))
        let taken = Self.take(buffer[..<count], isWhole: count < limit, &batch, decode)
        batch.place.offset = start + Int64(taken)
        batch.hasMore = batch.place.offset < size && taken > 0
        return batch
    }

    /// Puts an empty file into place when nothing stands behind the given place.
    /// - Returns: whether it did; if not, there is more to read, or somebody writes just now.
    public func retire(_ place: Place) throws(SystemError) -> Bool {
        let file = try Files.open(path, O_RDONLY)
        let new = try makeEmpty()
        for _ in 0..<100 {
            guard flock(file.raw, LOCK_EX | LOCK_NB) == 0 else {
                usleep(20)
                continue
            }
            guard isInPlace(file), Files.size(of: file) == place.offset, try generation(of: file) == place.generation
            else { break }
            // Writers wait meanwhile: nothing that is lost with the machine's power is worth that.
            try new.place(isDurable: false)
            return true
        }
        return false
    }

    /// The name that stands in the file; one that was meddled with is told by its number.
    private func generation(of file: borrowing OwnedDescriptor) throws(SystemError) -> String {
        let length = Self.header("0123456789abcdef").count
        var head = [UInt8](repeating: 0, count: length)
        let failure = head.withUnsafeMutableBytes { head in
            Result<Int, SystemError> { () throws(SystemError) in try Files.read(file.raw, into: head, at: 0, path) }
        }
        if try failure.get() == length, let json = try? JSON.parse(Array(head.dropFirst())),
            let name = json["spool"]?.stringValue
        {
            return name
        }
        var info = stat()
        fstat(file.raw, &info)
        return "file \(info.st_ino)"
    }

    /// Takes whole records.
    /// - Parameter isWhole: whether the bytes reach to the end of the file, where one may still be being written.
    /// - Returns: how many bytes were taken.
    private static func take<Entry>(
        _ bytes: ArraySlice<UInt8>,
        isWhole: Bool,
        _ batch: inout Batch<Entry>,
        _ decode: ([UInt8]) -> Entry?
    ) -> Int {
        var index = bytes.startIndex
        if bytes.first != mark, !bytes.isEmpty {
            // Whatever this is, no record begins here.
            index = bytes.firstIndex(of: mark) ?? bytes.endIndex
            batch.unreadable += 1
        }
        while index < bytes.endIndex {
            let begin = index + 1
            let next = bytes[begin...].firstIndex(of: mark)
            let record = bytes[begin..<(next ?? bytes.endIndex)]
            if next == nil, record.last != 0x0A {
                // No record is as long as what is read at once.
                guard !isWhole, index == bytes.startIndex else { break }
                batch.unreadable += 1
                return bytes.count
            }
            if let entry = decode(Array(record)) {
                batch.entries.append(entry)
            } else if (try? JSON.parse(Array(record)))?["spool"] == nil {
                batch.unreadable += 1
            }
            index = next ?? bytes.endIndex
        }
        return index - bytes.startIndex
    }
}
