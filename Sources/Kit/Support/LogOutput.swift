import CLinux
import Glibc
import Synchronization

/// Takes lines and never waits. What it cannot take is counted, and told with the next line that it takes.
public final class LogOutput: Sendable {
    private let write: @Sendable ([UInt8]) -> Bool
    private let dropped = Mutex(0)

    /// - Parameter write: takes a line with its break; returns whether it did.
    public init(_ write: @escaping @Sendable ([UInt8]) -> Bool) {
        self.write = write
    }

    /// Standard error.
    public static let standardError = descriptor(2)

    /// A descriptor of this process, one write(2) a line.
    /// - Parameter path: a file that descriptors 1 and 2 are to point to, opened again when somebody has put another
    ///   one in its place; nil leaves them as they are.
    public static func descriptor(_ raw: Int32, following path: String? = nil) -> LogOutput {
        descriptor(raw, following: path) { Glibc.write(raw, $0.baseAddress, $0.count) }
    }

    /// - Parameter put: as write(2) to the descriptor.
    static func descriptor(
        _ raw: Int32,
        following path: String? = nil,
        put: @escaping @Sendable (UnsafeRawBufferPointer) -> Int
    ) -> LogOutput {
        let torn = Mutex(false)
        return LogOutput { line in
            if let path { follow(path) }
            // A pipe or a terminal that nobody reads must not stop whoever speaks.
            var entry = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
            guard poll(&entry, 1, 0) == 1, entry.revents & Int16(POLLOUT) != 0 else { return false }
            // A full disk may take the first part of a line: the next one must not be taken for its end.
            return torn.withLock { torn in
                let bytes = torn ? [0x0A] + line : line
                let count = bytes.withUnsafeBytes(put)
                if count > 0 { torn = count != bytes.count }
                return count == bytes.count
            }
        }
    }

    func put(_ entry: LogEntry, _ format: Log.Format) {
        let lost = dropped.withLock { count in
            defer { count = 0 }
            return count
        }
        if lost > 0 {
            var note = LogEntry(.warning, entry.logger, "log lines were dropped", module: "Support/LogOutput")
            note.add("count", "\(lost)")
            guard write(note.bytes(format)) else {
                dropped.withLock { $0 += lost + 1 }
                return
            }
        }
        if !write(entry.bytes(format)) { dropped.withLock { $0 += 1 } }
    }

    /// Lets descriptors 1 and 2 point to the file of that name. Without room for a new file they stay where they are.
    public static func follow(_ path: String) {
        var own = stat()
        var present = stat()
        if fstat(1, &own) == 0, stat(path, &present) == 0, own.st_ino == present.st_ino, own.st_dev == present.st_dev {
            return
        }
        guard let file = try? Files.open(path, O_WRONLY | O_APPEND | O_CREAT, mode: 0o640) else { return }
        dup2(file.raw, 1)
        dup2(file.raw, 2)
    }
}
