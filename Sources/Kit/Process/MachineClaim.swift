import CLinux
import Glibc
public import Support

/// A name that one process of a machine holds at a time: bound as an abstract socket (unix(7)), which is no file and
/// goes with its process. Machines that share a network namespace count as one.
public struct MachineClaim: ~Copyable {
    public let descriptor: OwnedDescriptor

    /// Nil when another process holds the name.
    /// - Parameter name: at most 100 bytes.
    public init?(_ name: String) throws(SystemError) {
        let raw = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw SystemError("claim \(name)") }
        let descriptor = OwnedDescriptor(raw)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = name.utf8.prefix(100)
        // The first byte stays 0: then the name is no path.
        withUnsafeMutableBytes(of: &address.sun_path) {
            UnsafeMutableRawBufferPointer(rebasing: $0.dropFirst()).copyBytes(from: bytes)
        }
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + 1 + bytes.count } ?? 0
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(raw, $0, socklen_t(length)) }
        }
        guard bound == 0 else {
            if errno == EADDRINUSE { return nil }
            throw SystemError("claim \(name)")
        }
        self.descriptor = descriptor
    }

    /// Gives the socket away without closing it: the name stays held until it is closed.
    public consuming func release() -> Int32 { descriptor.release() }
}
