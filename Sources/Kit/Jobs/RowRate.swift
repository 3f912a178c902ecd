/// Rows a second over about the last two seconds of one stage.
public struct RowRate {
    private var stage: String?
    private var marks: [(time: UInt64, rows: Int64)] = []

    public init() {}

    /// - Parameters:
    ///   - done: how many rows of the stage are done with.
    ///   - stage: where they are counted from zero again, the rate begins anew.
    ///   - now: nanoseconds of a clock that never jumps.
    /// - Returns: never below 0; nil while it cannot be told.
    public mutating func rows(_ done: Int64, in stage: String?, at now: UInt64) -> Double? {
        if stage != self.stage || done < marks.last?.rows ?? 0 {
            self.stage = stage
            marks = []
        }
        marks.append((now, done))
        while marks.count > 2, now - marks[0].time > 2_000_000_000 { marks.removeFirst() }
        guard let first = marks.first, now > first.time else { return nil }
        return Double(done - first.rows) * 1e9 / Double(now - first.time)
    }
}
