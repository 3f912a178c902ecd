public import Support

/// Why a table could not be read on: the file failed, or it is none. What is wrong with a single record stands on the
/// record.
public struct TableError: Error, Sendable, CustomStringConvertible {
    /// What happened.
    public enum Code: Sendable, Equatable {
        /// The kernel refused a read.
        case read
        /// The file ended before the range that was to be read.
        case truncated
        /// There are other bytes than another reader has found there.
        case changed
        /// The file cannot be used as a table.
        case refused(TableFault)
    }

    public let code: Code
    /// Where, in bytes from the start of the table.
    public let byteOffset: Int64
    /// The kernel's answer, for `read`.
    public let cause: SystemError?

    public init(_ code: Code, byteOffset: Int64, cause: SystemError? = nil) {
        self.code = code
        self.byteOffset = byteOffset
        self.cause = cause
    }

    /// The file cannot be used as a table.
    static func refused(_ fault: TableFault) -> TableError { TableError(.refused(fault), byteOffset: 0) }

    /// What is wrong with the file; nil when the machine failed.
    public var fault: TableFault? {
        guard case .refused(let fault) = code else { return nil }
        return fault
    }

    /// Whether the file is not any more what it was when it was opened.
    public var isChange: Bool { code == .truncated || code == .changed }

    public var description: String {
        switch code {
        case .read: "reading the table at byte \(byteOffset) failed: \(cause.map(\.description) ?? "unknown cause")"
        case .truncated: "the table ends at byte \(byteOffset), before the end it had when it was opened"
        case .changed: "the table has changed at byte \(byteOffset) or behind it"
        case .refused(let fault): "\(fault)"
        }
    }
}
