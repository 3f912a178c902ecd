public import Support

/// Why a table could not be read on: the file itself failed. What is wrong with a single record stands on the record.
public struct TableError: Error, Sendable, CustomStringConvertible {
    /// What happened.
    public enum Code: Sendable, Equatable {
        /// The kernel refused a read.
        case read
        /// The file ended before the range that was to be read.
        case truncated
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

    public var description: String {
        switch code {
        case .read: "reading the table at byte \(byteOffset) failed: \(cause.map(\.description) ?? "unknown cause")"
        case .truncated: "the table ends at byte \(byteOffset), before the end it had when it was opened"
        }
    }
}
