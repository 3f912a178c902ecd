import Glibc

extension MonetaryModel {
    /// What a user's repeat orders were worth.
    public struct Sample: Sendable, Equatable {
        /// x: how many orders the mean is of, at least 1.
        public var orders: Int
        /// z: their mean value, above 0.
        public var mean: Double

        /// Users without a repeat or without positive value have no sample.
        public init(orders: Int, mean: Double) {
            self.orders = orders
            self.mean = mean
        }
    }

    /// Maximum likelihood by Newton on the logarithms of the parameters, with the derivatives of formula 1a of the
    /// note.
    /// - Parameter least: samples below which nothing is fitted.
    public static func fit(
        _ samples: [Sample],
        least: Int = 20,
        chunks: ParallelChunks = .serial
    ) throws(PurchaseFitFailure) -> MonetaryModel {
        for (position, sample) in samples.enumerated() {
            guard sample.orders > 0, sample.mean > 0, sample.mean.isFinite else { throw .invalid(position: position) }
        }
        guard samples.count >= max(1, least) else { throw .tooFewRepeaters(samples.count) }
        // In units of the mean value the parameters are near 1.
        let unit = samples.reduce(0) { $0 + $1.mean } / Double(samples.count)
        let scaled = samples.map { Sample(orders: $0.orders, mean: $0.mean / unit) }
        let found = NewtonMinimum().point(from: [log(2), log(2), 0]) { point in
            guard point.allSatisfy({ abs($0) < 20 }) else {
                var outside = Curvature(3)
                outside.value = .infinity
                return outside
            }
            let model = MonetaryModel(p: exp(point[0]), q: exp(point[1]), v: exp(point[2]))
            let parts = chunks.map(scaled.count, size: 1024) { model.loss(scaled[$0]) }
            var sum = Curvature(3)
            for part in parts { sum.add(part) }
            sum.toLogarithms([model.p, model.q, model.v])
            return sum
        }
        guard let found, found.allSatisfy({ abs($0) < 15 }) else { throw .undetermined }
        return MonetaryModel(p: exp(found[0]), q: exp(found[1]), v: exp(found[2]) * unit)
    }

    /// ln of the likelihood, formula 1a of the note.
    public func logLikelihood(_ samples: [Sample]) -> Double { -loss(samples[...]).value }

    private func loss(_ samples: ArraySlice<Sample>) -> Curvature {
        typealias Special = SpecialFunctions
        var sum = Curvature(3)
        let whole = (log: Special.logGamma(q), first: Special.digamma(q), second: Special.trigamma(q))
        for sample in samples {
            let x = Double(sample.orders)
            let shape = p * x
            let total = x * sample.mean + v
            let logTotal = log(total)
            let (upper, lower) = (Special.digamma(shape + q), Special.digamma(shape))
            let (upperSlope, lowerSlope) = (Special.trigamma(shape + q), Special.trigamma(shape))
            let logSpent = log(x * sample.mean)
            sum.value -=
                Special.logGamma(shape + q) - Special.logGamma(shape) - whole.log + q * log(v)
                + shape * logSpent - log(sample.mean) - (shape + q) * logTotal
            sum.gradient[0] -= x * (upper - lower + logSpent - logTotal)
            sum.gradient[1] -= upper - whole.first + log(v) - logTotal
            sum.gradient[2] -= q / v - (shape + q) / total
            sum.hessian[0] -= x * x * (upperSlope - lowerSlope)
            sum.hessian[3] -= x * upperSlope
            sum.hessian[4] -= upperSlope - whole.second
            sum.hessian[6] -= -x / total
            sum.hessian[7] -= 1 / v - 1 / total
            sum.hessian[8] -= -q / (v * v) + (shape + q) / (total * total)
        }
        return sum
    }
}
