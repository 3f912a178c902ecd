import Glibc

/// Which file it is, whatever it is called: the same as long as it is neither copied nor written anew.
public struct FileIdentity: Sendable, Hashable {
    public let device: UInt64
    public let inode: UInt64

    public init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    /// The file at a path, with links followed; nil when there is none.
    public init?(_ path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        self.init(device: UInt64(info.st_dev), inode: UInt64(info.st_ino))
    }

    /// For notes that are compared later.
    public var text: String { "\(device) \(inode)" }
}

extension Files {
    /// The path with every link followed, as the kernel knows it; nil when there is nothing.
    public static func real(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }
}
