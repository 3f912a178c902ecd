/// Thrown inside a `write` that finds another record than the one that the change was made of.
public struct RecordChanged: Error {
    public init() {}
}

extension Connection {
    /// How many times a change is worked out before its caller gets an error.
    private static let mostTries = 50

    /// Works a change out and writes it; once more from the beginning each time another writer was quicker.
    ///
    /// Nothing is read, parsed, compared or rendered while others wait for the writer gate: the body does all of that
    /// first, and inside its `write` only makes sure that the record still has the version that it had. If not, it
    /// throws `RecordChanged`. A writer that is thrown back was overtaken by a change that stands, so all of them
    /// together go on.
    ///
    /// Throws kind `gate` when the record is changed all the time, and what the body throws.
    public func untilSettled<T>(_ body: () throws -> T) throws -> T {
        for _ in 0..<Self.mostTries {
            do {
                return try body()
            } catch is RecordChanged {
                continue
            }
        }
        throw DatabaseError(.gate, "the record was changed by others \(Self.mostTries) times in a row")
    }
}
