public import Support

extension Environment {
    /// A secret that nobody guesses: so many random bytes in base64url, without padding. 32 bytes give 43 characters.
    public func makeToken(bytes count: Int = 32) -> String { random(count).base64URL }
}
