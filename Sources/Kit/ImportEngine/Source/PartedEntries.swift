import Glibc
import Support

/// Entries that are too many for memory, parted into temporary files of which each is small enough for it.
///
/// The files have no name, so they vanish with the process. What stays in memory is a small buffer for each part.
struct PartedEntries<Entry: BitwiseCopyable>: ~Copyable {
    /// How many entries a part's buffer holds before it is written out.
    private static var bufferedEntries: Int { 512 }

    private var buffers: [[Entry]]
    private var files: [Int32]
    private let folder: String?
    /// What an error calls the files.
    private let name: String

    /// - Parameter folder: where the temporary files go; nil: among those of the process.
    init(parts: Int, folder: String?, _ name: String) {
        self.folder = folder
        self.name = name
        buffers = Array(repeating: [], count: parts)
        files = Array(repeating: -1, count: parts)
    }

    deinit {
        for file in files where file >= 0 { close(file) }
    }

    /// How many parts there are.
    var count: Int { buffers.count }

    /// How many parts of about 32,768 entries so many need, so that a table of one stays small.
    /// - Parameter most: a power of two; each part is an open file, and a process may have 1,024 of them by default.
    /// - Returns: a power of two.
    static func parts(for entries: Int64, most: Int) -> Int {
        var count = 16
        while count < entries / 32_768 && count < most { count *= 2 }
        return count
    }

    mutating func add(_ entry: Entry, to part: Int) throws {
        buffers[part].append(entry)
        if buffers[part].count >= Self.bufferedEntries { try spill(part) }
    }

    private mutating func spill(_ part: Int) throws {
        if files[part] < 0 { files[part] = try Files.temporary(in: folder).release() }
        try buffers[part].withUnsafeBytes { try Files.writeAll($0, to: files[part], name) }
        buffers[part].removeAll(keepingCapacity: true)
    }

    /// The entries of a part in the order in which they came. Their place is given back: a part can be taken once.
    mutating func take(_ part: Int) throws -> [Entry] {
        defer { buffers[part] = [] }
        guard files[part] >= 0 else { return buffers[part] }
        try spill(part)
        let bytes = Int(lseek(files[part], 0, SEEK_END))
        let stride = MemoryLayout<Entry>.stride
        let entries = try [Entry](unsafeUninitializedCapacity: bytes / stride) { target, initialized in
            let buffer = UnsafeMutableRawBufferPointer(start: target.baseAddress, count: bytes)
            guard try Files.read(files[part], into: buffer, at: 0, name) == bytes else {
                throw SystemError("read \(name)", code: EIO)
            }
            initialized = bytes / stride
        }
        close(files[part])
        files[part] = -1
        return entries
    }
}
