import Glibc

/// Platt scaling: a straight line on the log-odds that makes the probabilities of a model agree with what happened
/// (Platt 1999, Probabilistic outputs for support vector machines), fitted by Newton with Platt's smoothed targets
/// (Lin, Lin and Weng 2007, Machine Learning 68, 267).
public struct PlattScale: Sendable, Equatable {
    /// Of the log-odds; below 1 the model was too sure.
    public var slope: Double
    /// Added to the log-odds.
    public var intercept: Double

    /// Leaves probabilities as they are by default.
    public init(slope: Double = 1, intercept: Double = 0) {
        self.slope = slope
        self.intercept = intercept
    }

    /// - Parameters:
    ///   - logOdds: what the model said, of a window that it was not fitted on.
    ///   - outcomes: what happened, as many.
    /// - Returns: nil when the lengths differ, when only one outcome was seen, or when no slope above 0 is found:
    ///   a scale that turns the order around is not a calibration.
    public init?(logOdds: [Double], outcomes: [Bool], chunks: ParallelChunks = .serial) {
        let hits = outcomes.count { $0 }
        let misses = outcomes.count - hits
        guard logOdds.count == outcomes.count, hits > 0, misses > 0 else { return nil }
        let yes = (Double(hits) + 1) / (Double(hits) + 2)
        let no = 1 / (Double(misses) + 2)
        let start = [1e-3, LogOdds.of((Double(hits) + 1) / (Double(outcomes.count) + 2))]
        let found = NewtonMinimum().point(from: start) { point in
            let parts = chunks.map(logOdds.count, size: 4096) { range in
                Self.loss(logOdds, outcomes, range, point, yes: yes, no: no)
            }
            var sum = Curvature(2)
            for part in parts { sum.add(part) }
            return sum
        }
        guard let found, found[0] > 0 else { return nil }
        self.init(slope: found[0], intercept: found[1])
    }

    /// The scaled log-odds.
    public func logOdds(_ raw: Double) -> Double { slope * raw + intercept }

    /// The scaled probability of raw log-odds.
    public func probability(logOdds raw: Double) -> Double { LogOdds.probability(logOdds(raw)) }

    private static func loss(
        _ logOdds: [Double],
        _ outcomes: [Bool],
        _ range: Range<Int>,
        _ point: [Double],
        yes: Double,
        no: Double
    ) -> Curvature {
        var sum = Curvature(2)
        for index in range {
            let x = logOdds[index]
            let scaled = point[0] * x + point[1]
            let target = outcomes[index] ? yes : no
            let p = LogOdds.probability(scaled)
            let weight = p * (1 - p)
            sum.value += LogOdds.softplus(scaled) - target * scaled
            sum.gradient[0] += (p - target) * x
            sum.gradient[1] += p - target
            sum.hessian[0] += weight * x * x
            sum.hessian[2] += weight * x
            sum.hessian[3] += weight
        }
        return sum
    }
}

/// How far probabilities and outcomes lie apart.
public struct Reliability: Sendable, Equatable {
    /// One bin of the reliability diagram.
    public struct Bin: Sendable, Equatable {
        /// Mean of the probabilities.
        public var predicted: Double
        /// Share of what happened.
        public var observed: Double
        /// Predictions.
        public var count: Int
    }

    /// Ascending by probability; sizes differ by one at most, the greater first.
    public var bins: [Bin]
    /// Mean of (p - y)² (Brier 1950, Monthly Weather Review 78, 1).
    public var brier: Double

    /// Bins of equal counts. Equal probabilities stay in the order given.
    /// - Returns: nil when lengths differ or nothing is there.
    public init?(probabilities: [Double], outcomes: [Bool], bins wanted: Int = 15) {
        let count = probabilities.count
        guard count == outcomes.count, count > 0, wanted > 0 else { return nil }
        let order = (0..<count).sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
        bins = []
        brier = 0
        var start = 0
        for bin in 0..<wanted {
            let size = count / wanted + (bin < count % wanted ? 1 : 0)
            guard size > 0 else { break }
            var predicted = 0.0
            var observed = 0.0
            for position in order[start..<start + size] {
                let outcome = outcomes[position] ? 1.0 : 0
                predicted += probabilities[position]
                observed += outcome
                brier += (probabilities[position] - outcome) * (probabilities[position] - outcome)
            }
            bins.append(Bin(predicted: predicted / Double(size), observed: observed / Double(size), count: size))
            start += size
        }
        brier /= Double(count)
    }

    /// Expected calibration error: Σ |predicted - observed| × count / all (Naeini, Cooper and Hauskrecht 2015, AAAI,
    /// with bins of equal counts).
    public var expectedError: Double {
        var sum = 0.0
        var count = 0
        for bin in bins {
            sum += abs(bin.predicted - bin.observed) * Double(bin.count)
            count += bin.count
        }
        return sum / Double(count)
    }
}
