public import Support

/// Something that the runner keeps in order for a feature, in small steps between everything else.
public struct JobChore {
    /// For the log.
    let name: String
    /// The pause after the last step of a round.
    let everySeconds: UInt64
    /// One short step; returns whether there is more to do in this round.
    let step: (Timestamp) throws -> Bool
    /// When it is due, on the clock of `monotonicNanoseconds`.
    var next: UInt64 = 0

    public init(_ name: String, everySeconds: UInt64, step: @escaping (Timestamp) throws -> Bool) {
        self.name = name
        self.everySeconds = everySeconds
        self.step = step
    }
}
