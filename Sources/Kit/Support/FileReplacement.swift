public import CLinux
import Glibc

/// A file that takes the place of its target only when it is whole: readers see the old or the new one. Until then it
/// has no name, so that it vanishes with its writer, however that ends; where a file system makes no such files it has
/// the name `TARGET.PID.new` and is removed by the next writer of the target, or by `removeLeftovers(in:)`.
public final class FileReplacement {
    /// Where to write; can be read as well.
    public var descriptor: Int32 { file.raw }

    private let path: String
    private let file: OwnedDescriptor
    /// The name that it has for now.
    private var temporary: String?

    private static let suffix = ".new"

    /// - Parameter mode: whatever the umask is.
    public init(_ path: String, mode: mode_t = 0o600) throws(SystemError) {
        self.path = path
        let (folder, name) = Self.parts(of: path)
        for left in Self.leftovers(in: folder) where left.hasPrefix("\(name).") {
            Self.removeUnlessLocked(folder, left)
        }
        if let unnamed = try? Files.open(folder, O_RDWR | bodega_unnamed, mode: mode) {
            file = unnamed
        } else {
            let named = Self.name(besides: path)
            do {
                file = try Files.open(named, O_RDWR | O_CREAT | O_TRUNC, mode: mode)
            } catch {
                // The name is ours for a moment, and says nothing to those who named the file.
                throw SystemError("make \(path)", code: error.code)
            }
            temporary = named
        }
        guard fchmod(file.raw, mode) == 0 else { throw SystemError("change the mode of \(path)") }
        // Tells that its writer lives, also to those who do not see that process.
        flock(file.raw, LOCK_EX | LOCK_NB)
    }

    deinit {
        if let temporary { unlink(temporary) }
    }

    /// fsync(2) of the content.
    public func sync() throws(SystemError) {
        guard fsync(file.raw) == 0 else { throw SystemError("sync \(path)") }
    }

    /// Puts it over the target.
    /// - Parameter isDurable: whether the folder is synced as well.
    public func place(isDurable: Bool = true) throws(SystemError) {
        let name = try named()
        guard Glibc.rename(name, path) == 0 else { throw SystemError("put \(path) in its place") }
        temporary = nil
        flock(file.raw, LOCK_UN)
        if isDurable { try Files.syncFolder(of: path) }
    }

    /// Puts it at its place when nothing is there, and syncs the folder.
    /// - Returns: whether it did.
    @discardableResult
    public func placeIfMissing() throws(SystemError) -> Bool {
        let done = temporary.map { Glibc.link($0, path) } ?? bodega_link(file.raw, path)
        guard done == 0 || errno == EEXIST else { throw SystemError("make \(path)") }
        flock(file.raw, LOCK_UN)
        try Files.syncFolder(of: path)
        return done == 0
    }

    /// Brings the content to the disk, then puts it over the target and syncs the folder.
    public func commit() throws(SystemError) {
        try sync()
        try place()
    }

    /// A name beside the target, from which a rename can put it over that.
    private func named() throws(SystemError) -> String {
        if let temporary { return temporary }
        let name = Self.name(besides: path)
        unlink(name)
        guard bodega_link(file.raw, name) == 0 else { throw SystemError("make \(path)") }
        temporary = name
        return name
    }

    // MARK: Leftovers

    /// Removes what writers that were killed have left in a folder; what somebody writes just now stays.
    public static func removeLeftovers(in folder: String) {
        for name in leftovers(in: folder) { removeUnlessLocked(folder, name) }
    }

    /// Whether a file has a name that one gets before it is whole.
    public static func isTemporary(_ name: String) -> Bool {
        guard name.hasSuffix(suffix) else { return false }
        let rest = name.dropLast(suffix.count)
        guard let dot = rest.lastIndex(of: ".") else { return false }
        let number = rest[rest.index(after: dot)...]
        return dot != rest.startIndex && !number.isEmpty && number.utf8.allSatisfy { 0x30...0x39 ~= $0 }
    }

    private static func leftovers(in folder: String) -> [String] { Files.names(in: folder).filter(isTemporary) }

    private static func removeUnlessLocked(_ folder: String, _ name: String) {
        let path = "\(folder)/\(name)"
        guard let file = try? Files.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else { return }
        if flock(file.raw, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
    }

    private static func name(besides path: String) -> String { "\(path).\(getpid())\(suffix)" }

    private static func parts(of path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        return (folder, String(path[path.index(after: slash)...]))
    }
}
