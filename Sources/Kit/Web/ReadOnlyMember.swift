public import Support

extension JSON {
    /// Whether a client sends a member that it cannot write back as it was given to it: the same value, or the same
    /// instant in another form of RFC 3339, as clients with a type for times write it (`+00:00` for `Z`).
    /// - Parameter given: as the record shows it.
    public func isUnchanged(from given: JSON) -> Bool {
        if self == given { return true }
        guard let sent = stringValue.flatMap({ Timestamp(rfc3339: $0) }),
            let shown = given.stringValue.flatMap({ Timestamp(rfc3339: $0) })
        else { return false }
        return sent == shown
    }
}
