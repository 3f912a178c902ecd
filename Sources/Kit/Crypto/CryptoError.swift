/// A cryptographic operation that could not be done: the library did not start, or memory ran out. Never a wrong
/// password or a wrong signature; those are answers.
public struct CryptoError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
