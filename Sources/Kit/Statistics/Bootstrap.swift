/// Percentile bootstrap (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13). Draw d is a function
/// of the seed and d alone, so threads change nothing.
public struct Bootstrap: Sendable, Equatable {
    /// How many resamples.
    public var draws: Int
    /// Names the resamples; part of what a repeated report has to know.
    public var seed: UInt64
    /// 0.95 for the 2.5th and the 97.5th percentile.
    public var confidence: Double

    /// The defaults of every report.
    public init(draws: Int = 2000, seed: UInt64 = 1, confidence: Double = 0.95) {
        self.draws = draws
        self.seed = seed
        self.confidence = confidence
    }

    /// Interval of the mean.
    /// - Returns: nil for no values or no draw.
    public func mean(_ values: [Double], chunks: ParallelChunks = .serial) -> Interval? {
        guard !values.isEmpty else { return nil }
        let random = CounterRandom(seed: seed)
        return interval(chunks) { Self.resampledMean(values, random, stream: UInt64($0)) }
    }

    /// Interval of the mean difference of two figures of the same users: users are drawn, not figures.
    /// - Returns: nil when the lengths differ or nothing is there.
    public func paired(_ first: [Double], minus second: [Double], chunks: ParallelChunks = .serial) -> Interval? {
        guard first.count == second.count else { return nil }
        var differences = first
        for index in second.indices { differences[index] -= second[index] }
        return mean(differences, chunks: chunks)
    }

    /// Interval of the difference of the means of two groups, each drawn on its own.
    /// - Returns: nil when a group is empty.
    public func difference(_ first: [Double], minus second: [Double], chunks: ParallelChunks = .serial) -> Interval? {
        guard !first.isEmpty, !second.isEmpty else { return nil }
        let random = CounterRandom(seed: seed)
        return interval(chunks) { draw in
            let stream = UInt64(draw) * 2
            return Self.resampledMean(first, random, stream: stream)
                - Self.resampledMean(second, random, stream: stream + 1)
        }
    }

    private static func resampledMean(_ values: [Double], _ random: CounterRandom, stream: UInt64) -> Double {
        values.withUnsafeBufferPointer { values in
            var sum = 0.0
            random.sample(values.count, below: values.count, stream: stream) { sum += values[$0] }
            return sum / Double(values.count)
        }
    }

    private func interval(_ chunks: ParallelChunks, _ figure: @escaping @Sendable (Int) -> Double) -> Interval? {
        let figures = chunks.map(draws, size: 16) { $0.map(figure) }.flatMap { $0 }.sorted()
        guard let lower = Quantiles.interpolated(sorted: figures, (1 - confidence) / 2),
            let upper = Quantiles.interpolated(sorted: figures, (1 + confidence) / 2)
        else { return nil }
        return Interval(lower: lower, upper: upper)
    }
}
