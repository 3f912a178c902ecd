import CLinux
import Glibc
public import Support

/// A listening AF_UNIX stream socket. Made here rather than by libfcgi: close-on-exec, non-blocking, mode 0660 whatever
/// the umask, and put in place by a rename, so that a client finds the old socket or the new one and never none.
public struct Listener: ~Copyable {
    /// Room for connections that no process has accepted yet; beyond it connect(2) fails at once and nginx answers 502.
    public static let backlog: Int32 = 4096
    /// Longest path that fits into `sun_path` with its final NUL.
    public static let longestPath = 107

    public let descriptor: OwnedDescriptor

    /// Binds and listens at the path.
    public init(path: String) throws(SystemError) {
        let temporary = "\(path).\(getpid())"
        guard temporary.utf8.count <= Self.longestPath else { throw SystemError("bind \(path)", code: ENAMETOOLONG) }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let raw = socket(AF_UNIX, type, 0)
        guard raw >= 0 else { throw SystemError("socket for \(path)") }
        let descriptor = OwnedDescriptor(raw)
        unlink(temporary)
        guard withSocketAddress(temporary, { Glibc.bind(raw, $0, $1) }) == 0 else { throw SystemError("bind \(path)") }
        guard chmod(temporary, 0o660) == 0, listen(raw, Self.backlog) == 0, rename(temporary, path) == 0 else {
            let error = SystemError("listen at \(path)")
            unlink(temporary)
            throw error
        }
        self.descriptor = descriptor
    }

    /// Takes over a listening socket that another process opened.
    public init(inherited raw: Int32) throws(SystemError) {
        try makePrivate(raw)
        guard bodega_fcntl_int(raw, F_SETFL, O_NONBLOCK) == 0 else { throw SystemError("inherit listener \(raw)") }
        descriptor = OwnedDescriptor(raw)
    }

    /// Gives the socket away without closing it.
    public consuming func release() -> Int32 { descriptor.release() }
}

/// Sets close-on-exec on a descriptor that came from another process.
public func makePrivate(_ descriptor: Int32) throws(SystemError) {
    guard bodega_fcntl_int(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
        throw SystemError("inherit descriptor \(descriptor)")
    }
}

/// Clears close-on-exec, so that the next program in this process gets the descriptor.
public func makeInheritable(_ descriptor: Int32) throws(SystemError) {
    guard bodega_fcntl_int(descriptor, F_SETFD, 0) == 0 else { throw SystemError("pass on descriptor \(descriptor)") }
}

/// A second descriptor, close-on-exec, of what the first one has open, with its locks; negative when there is none.
public func duplicate(_ descriptor: Int32) -> Int32 { bodega_fcntl_int(descriptor, F_DUPFD_CLOEXEC, 0) }

/// Calls with the path as a `sockaddr_un`; the path must fit.
func withSocketAddress<T>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}

/// Connects to a listening AF_UNIX socket; blocking, close-on-exec.
public func connect(toSocket path: String) throws(SystemError) -> OwnedDescriptor {
    let raw = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard raw >= 0 else { throw SystemError("socket for \(path)") }
    let descriptor = OwnedDescriptor(raw)
    guard withSocketAddress(path, { Glibc.connect(raw, $0, $1) }) == 0 else { throw SystemError("connect to \(path)") }
    return descriptor
}
