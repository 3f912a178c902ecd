import Glibc

/// Why a model of purchases has no parameters.
public enum PurchaseFitFailure: Error, Sendable, Equatable {
    /// Fewer users with a repeat than asked for.
    case tooFewRepeaters(Int)
    /// A summary contradicts itself, or a value is not positive.
    case invalid(position: Int)
    /// The likelihood has no maximum inside of the range: the data do not determine the parameters.
    case undetermined
}

extension PurchaseModel {
    /// Maximum likelihood by Newton on the logarithms of the parameters, with the derivatives of formula 6 of the
    /// paper.
    /// - Parameter leastRepeaters: users with a repeat below which nothing is fitted.
    public static func fit(
        _ users: [PurchaseSummary],
        leastRepeaters: Int = 20,
        chunks: ParallelChunks = .serial
    ) throws(PurchaseFitFailure) -> PurchaseModel {
        for (position, user) in users.enumerated() {
            let isValid =
                user.repeats >= 0 && user.recency >= 0 && user.recency <= user.age
                && user.age.isFinite
            guard isValid else { throw .invalid(position: position) }
        }
        let repeaters = users.count { $0.repeats > 0 }
        guard repeaters >= max(1, leastRepeaters) else { throw .tooFewRepeaters(repeaters) }
        // In units of the longest age the parameters are near 1, where Newton starts.
        let unit = users.reduce(0) { max($0, $1.age) }
        guard unit > 0 else { throw .undetermined }
        let scaled = users.map {
            PurchaseSummary(repeats: $0.repeats, recency: $0.recency / unit, age: $0.age / unit)
        }
        let most = users.reduce(0) { max($0, $1.repeats) }
        let found = NewtonMinimum().point(from: [0, 0, 0, 0]) { point in
            guard point.allSatisfy({ abs($0) < 20 }) else { return Self.outside }
            let model = PurchaseModel(r: exp(point[0]), alpha: exp(point[1]), a: exp(point[2]), b: exp(point[3]))
            let rising = RisingLogs(model, most: most)
            let parts = chunks.map(scaled.count, size: 4096) { model.loss(scaled[$0], rising) }
            var sum = Curvature(4)
            for part in parts { sum.add(part) }
            sum.toLogarithms([model.r, model.alpha, model.a, model.b])
            return sum
        }
        guard let found, found.allSatisfy({ abs($0) < 15 }) else { throw .undetermined }
        return PurchaseModel(r: exp(found[0]), alpha: exp(found[1]) * unit, a: exp(found[2]), b: exp(found[3]))
    }

    /// ln of the likelihood, formula 6 of the paper.
    public func logLikelihood(_ users: [PurchaseSummary]) -> Double {
        let rising = RisingLogs(self, most: users.reduce(0) { max($0, $1.repeats) })
        return -loss(users[...], rising).value
    }

    private static var outside: Curvature {
        var outside = Curvature(4)
        outside.value = .infinity
        return outside
    }

    /// Minus the log-likelihood with its derivatives by r, alpha, a and b.
    private func loss(_ users: ArraySlice<PurchaseSummary>, _ rising: RisingLogs) -> Curvature {
        var sum = Curvature(4)
        for user in users {
            let x = Double(user.repeats)
            let power = r + x
            let (order, stay, leave) = (
                rising.r[user.repeats], rising.b[user.repeats], rising.ab[user.repeats]
            )
            let alive = Term(power: power, time: alpha + user.age)
            var left = Term(power: power, time: alpha + user.recency)
            var share = 0.0
            var mixture = alive.value
            if user.repeats > 0 {
                left.value += log(a) - log(b + x - 1)
                let difference = left.value - alive.value
                share = LogOdds.probability(difference)
                mixture = alive.value + LogOdds.softplus(difference)
            }
            sum.value -= order.log + r * log(alpha) + stay.log - leave.log + mixture
            let slopes = (
                r: left.byR - alive.byR, alpha: left.byAlpha - alive.byAlpha, a: 1 / a, b: -1 / (b + x - 1)
            )
            sum.gradient[0] -= order.first + log(alpha) + alive.byR + share * slopes.r
            sum.gradient[1] -= r / alpha + alive.byAlpha + share * slopes.alpha
            sum.gradient[2] -= -leave.first + share * slopes.a
            sum.gradient[3] -= stay.first - leave.first + share * (user.repeats > 0 ? slopes.b : 0)
            let both = share * (1 - share)
            let mixedAlpha = (1 - share) * alive.byAlphaTwice + share * left.byAlphaTwice
            let mixedRAlpha = (1 - share) * alive.byRAlpha + share * left.byRAlpha
            sum.hessian[0] -= order.second + both * slopes.r * slopes.r
            sum.hessian[4] -= 1 / alpha + mixedRAlpha + both * slopes.r * slopes.alpha
            sum.hessian[5] -= -r / (alpha * alpha) + mixedAlpha + both * slopes.alpha * slopes.alpha
            sum.hessian[10] -= -leave.second - share / (a * a) + both * slopes.a * slopes.a
            sum.hessian[14] -= -leave.second
            sum.hessian[15] -= stay.second - leave.second
            guard user.repeats > 0 else { continue }
            sum.hessian[8] -= both * slopes.a * slopes.r
            sum.hessian[9] -= both * slopes.a * slopes.alpha
            sum.hessian[12] -= both * slopes.b * slopes.r
            sum.hessian[13] -= both * slopes.b * slopes.alpha
            sum.hessian[14] -= both * slopes.a * slopes.b
            sum.hessian[15] -= share * slopes.b * slopes.b + both * slopes.b * slopes.b
        }
        return sum
    }

    /// -(power) ln(time), and its derivatives by r and alpha.
    private struct Term {
        var value: Double
        let byR: Double
        let byAlpha: Double
        let byRAlpha: Double
        let byAlphaTwice: Double

        init(power: Double, time: Double) {
            let logTime = log(time)
            value = -power * logTime
            byR = -logTime
            byAlpha = -power / time
            byRAlpha = -1 / time
            byAlphaTwice = power / (time * time)
        }
    }
}

/// ln Γ(s + x) - ln Γ(s) and its first two derivatives by s, for x = 0, 1, …: sums of ln(s + k), 1 / (s + k) and
/// -1 / (s + k)², so that no user costs a special function.
private struct RisingLogs: Sendable {
    struct Step {
        var log = 0.0
        var first = 0.0
        var second = 0.0
    }

    let r: [Step]
    let b: [Step]
    let ab: [Step]

    init(_ model: PurchaseModel, most: Int) {
        r = Self.table(model.r, most)
        b = Self.table(model.b, most)
        ab = Self.table(model.a + model.b, most)
    }

    private static func table(_ start: Double, _ most: Int) -> [Step] {
        var steps = [Step()]
        steps.reserveCapacity(most + 1)
        var step = Step()
        for index in 0..<most {
            let value = start + Double(index)
            step.log += Glibc.log(value)
            step.first += 1 / value
            step.second -= 1 / (value * value)
            steps.append(step)
        }
        return steps
    }
}

extension Curvature {
    /// Turns derivatives by positive parameters into derivatives by their logarithms.
    mutating func toLogarithms(_ parameters: [Double]) {
        let size = parameters.count
        for row in 0..<size {
            for column in 0...row { hessian[row * size + column] *= parameters[row] * parameters[column] }
            hessian[row * size + row] += parameters[row] * gradient[row]
            gradient[row] *= parameters[row]
        }
    }
}
