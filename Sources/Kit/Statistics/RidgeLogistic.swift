import Glibc

/// Ridge logistic regression on standardised columns: least Σ (ln(1 + e^η) - y η) + l2 / 2 Σ w², the bias free (Hoerl
/// and Kennard 1970; le Cessie and van Houwelingen 1992, Applied Statistics 41, 191), by damped Newton from zero.
/// scikit-learn's LogisticRegression(C = 1 / l2) on standardised columns has the same minimum.
///
/// A printed reason must push the way it reads. So the most negative weight of the columns that are not exempt is
/// dropped and the rest fitted again, until none is negative.
public struct RidgeLogistic: Sendable, Equatable {
    /// Why rows have no card.
    public enum Failure: Error, Sendable, Equatable {
        /// There are no rows.
        case noRows
        /// Everything happened, or nothing did.
        case oneOutcome
        /// A value is infinite or not a number.
        case notFinite
        /// Newton's method did not come to an end.
        case notConverged
    }

    /// Strength of the ridge.
    public var l2: Double
    /// Columns that may take either sign.
    public var exempt: [Int]

    /// - Parameter exempt: context that is never printed as a reason.
    public init(l2: Double = 1, exempt: [Int] = []) {
        self.l2 = l2
        self.exempt = exempt
    }

    /// Rows a chunk of every sum.
    static let chunk = 4096

    /// Fits a card. Separable data and columns of one value have one too: the ridge bounds the first, the second get
    /// weight 0.
    public func fit(_ rows: FeatureRows, chunks: ParallelChunks = .serial) throws(Failure) -> LogisticCard {
        guard rows.count > 0 else { throw .noRows }
        let hits = rows.outcomes.count { $0 }
        guard hits > 0, hits < rows.count else { throw .oneOutcome }
        let moments = rows.moments(chunks)
        guard moments.means.allSatisfy(\.isFinite), moments.deviations.allSatisfy(\.isFinite) else { throw .notFinite }
        // What the rounding of a mean leaves of a constant is no spread.
        let isConstant = zip(moments.means, moments.deviations).map { $1 <= 1e-12 * max(abs($0), 1e-3) }
        var card = LogisticCard(
            bias: LogOdds.of(Double(hits) / Double(rows.count)),
            weights: [Double](repeating: 0, count: rows.columnCount),
            means: moments.means,
            deviations: zip(moments.deviations, isConstant).map { $1 ? 1 : $0 }
        )
        var active = isConstant.indices.filter { !isConstant[$0] }
        while true {
            try refit(&card, rows, active, chunks)
            let weights = card.weights
            let negative = active.filter { weights[$0] < 0 && !exempt.contains($0) }
            guard let worst = negative.min(by: { (weights[$0], $0) < (weights[$1], $1) }) else { return card }
            active.removeAll { $0 == worst }
            card.weights[worst] = 0
        }
    }

    private func refit(
        _ card: inout LogisticCard,
        _ rows: FeatureRows,
        _ active: [Int],
        _ chunks: ParallelChunks
    ) throws(Failure) {
        let standard = Standardised(rows: rows, card: card, active: active)
        let l2 = l2
        let start = [card.bias] + active.map { card.weights[$0] }
        let found = NewtonMinimum(tolerance: 1e-9).point(from: start) { point in
            let parts = chunks.map(rows.count, size: Self.chunk) { standard.loss($0, point) }
            var sum = Curvature(point.count)
            for part in parts { sum.add(part) }
            for index in 1..<point.count {
                sum.value += 0.5 * l2 * point[index] * point[index]
                sum.gradient[index] += l2 * point[index]
                sum.hessian[index * point.count + index] += l2
            }
            return sum
        }
        guard let found else { throw .notConverged }
        card.bias = found[0]
        for (index, column) in active.enumerated() { card.weights[column] = found[index + 1] }
    }
}

/// The active columns of the rows, standardised as they are read.
private struct Standardised: Sendable {
    let values: [Double]
    let outcomes: [Bool]
    let stride: Int
    let columns: [Int]
    let means: [Double]
    let deviations: [Double]

    init(rows: FeatureRows, card: LogisticCard, active: [Int]) {
        values = rows.values
        outcomes = rows.outcomes
        stride = rows.columnCount
        columns = active
        means = active.map { card.means[$0] }
        deviations = active.map { card.deviations[$0] }
    }

    func loss(_ range: Range<Int>, _ point: [Double]) -> Curvature {
        var sum = Curvature(point.count)
        let size = point.count
        let inverse = deviations.map { 1 / $0 }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { row in
            sum.hessian.withUnsafeMutableBufferPointer { hessian in
                sum.gradient.withUnsafeMutableBufferPointer { gradient in
                    row[0] = 1
                    var total = 0.0
                    for index in range {
                        total += add(index, point, inverse, row, gradient, hessian)
                    }
                    sum.value = total
                }
            }
        }
        return sum
    }

    @inline(__always)
    private func add(
        _ index: Int,
        _ point: [Double],
        _ inverse: [Double],
        _ row: UnsafeMutableBufferPointer<Double>,
        _ gradient: UnsafeMutableBufferPointer<Double>,
        _ hessian: UnsafeMutableBufferPointer<Double>
    ) -> Double {
        let size = row.count
        let start = index * stride
        var logOdds = point[0]
        for column in 1..<max(size, 1) {
            let value = (values[start + columns[column - 1]] - means[column - 1]) * inverse[column - 1]
            row[column] = value
            logOdds += point[column] * value
        }
        let outcome = outcomes[index] ? 1.0 : 0
        let tail = exp(-abs(logOdds))
        let p = (logOdds >= 0 ? 1 : tail) / (1 + tail)
        let weight = p * (1 - p)
        let residual = p - outcome
        for first in 0..<size {
            gradient[first] += residual * row[first]
            let scaled = weight * row[first]
            let line = first * size
            for second in 0...first { hessian[line + second] += scaled * row[second] }
        }
        return max(logOdds, 0) + log1p(tail) - outcome * logOdds
    }
}
