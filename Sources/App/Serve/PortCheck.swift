import Glibc
import Support

/// Says in one line that a port cannot be had, before nginx says it in six.
enum PortCheck {
    /// - Parameter option: what chooses it.
    static func requireFree(address: String, port: Int, option: String) throws(CommandError) {
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
        // An address that is not IPv4 is left to nginx.
        guard inet_pton(AF_INET, address, &target.sin_addr) == 1 else { return }
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { return }
        let descriptor = OwnedDescriptor(raw)
        var on: Int32 = 1
        setsockopt(descriptor.raw, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let answer = withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard answer != 0 else { return }
        switch errno {
        case EADDRINUSE: throw CommandError("Port \(port) is taken by another program; choose another with \(option).")
        case EACCES: throw CommandError("Port \(port) is not allowed for this user; choose one above 1023.")
        default: throw CommandError("Cannot listen at \(address):\(port): \(SystemError("bind")).")
        }
    }
}
