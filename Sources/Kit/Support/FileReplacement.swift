public import CLinux
import Glibc

/// A file that is written beside its target and takes its place only when it is whole: readers see the old or the new
/// one. Goes away when it ends before that.
public final class FileReplacement {
    /// Where to write.
    public var descriptor: Int32 { file.raw }

    private let path: String
    private let temporary: String
    private let file: OwnedDescriptor
    private var isCommitted = false

    public init(_ path: String, mode: mode_t = 0o600) throws(SystemError) {
        self.path = path
        temporary = "\(path).\(getpid()).new"
        file = try Files.open(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
    }

    deinit {
        if !isCommitted { unlink(temporary) }
    }

    /// Brings the content to the disk, then renames it over the target and syncs the folder.
    public func commit() throws(SystemError) {
        guard fsync(file.raw) == 0 else { throw SystemError("sync \(path)") }
        try Files.rename(temporary, to: path)
        isCommitted = true
    }
}
