import Glibc

/// A failed system call: what was tried, on what, and the kernel's answer.
public struct SystemError: Error, Sendable, CustomStringConvertible {
    /// errno.
    public let code: Int32
    /// The call or the step that failed, with the path where there is one.
    public let operation: String

    /// - Parameter code: errno as it stands when left out.
    public init(_ operation: String, code: Int32? = nil) {
        self.code = code ?? errno
        self.operation = operation
    }

    /// There is no room left.
    public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }

    /// It belongs to another user.
    public var isDenied: Bool { code == EACCES || code == EPERM }

    public var description: String { "\(operation): \(String(cString: strerror(code)))" }
}
