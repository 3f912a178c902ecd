public import Support

/// Something that the runner keeps in order for a feature, in small steps between everything else.
public struct JobChore {
    /// For the log.
    let name: String
    /// The pause after the last step of a round.
    let everySeconds: UInt64
    /// Whether its steps are given the time that retention goes by, see `RetentionTime`.
    let isRetention: Bool
    /// One short step; returns whether there is more to do in this round.
    let step: (Timestamp) throws -> Bool
    /// When it is due, on the clock of `monotonicNanoseconds`.
    var next: UInt64 = 0

    /// - Parameter isRetention: for one that removes what was kept long enough: a jump of the clock must not make
    ///   anything old.
    public init(
        _ name: String,
        everySeconds: UInt64,
        isRetention: Bool = false,
        step: @escaping (Timestamp) throws -> Bool
    ) {
        self.name = name
        self.everySeconds = everySeconds
        self.isRetention = isRetention
        self.step = step
    }
}
