import Glibc

/// A function at one point: value, slope and curvature.
struct Curvature: Sendable {
    var value: Double
    var gradient: [Double]
    /// Row-major, the lower triangle is read.
    var hessian: [Double]

    init(_ dimensions: Int) {
        value = 0
        gradient = [Double](repeating: 0, count: dimensions)
        hessian = [Double](repeating: 0, count: dimensions * dimensions)
    }

    /// Adds the other point by point, in the order of the dimensions.
    mutating func add(_ other: Curvature) {
        value += other.value
        for index in gradient.indices { gradient[index] += other.gradient[index] }
        for index in hessian.indices { hessian[index] += other.hessian[index] }
    }
}

/// Newton's method with step halving and, where the curvature is not positive definite, a growing ridge on its diagonal
/// (Nocedal and Wright 2006, Numerical Optimization, algorithm 3.2 with 3.3).
struct NewtonMinimum {
    var iterations = 200
    /// Converged when no coordinate moved by more.
    var tolerance = 1e-9

    /// The point where the function is least; nil when it is not found.
    func point(from start: [Double], _ function: ([Double]) -> Curvature) -> [Double]? {
        var point = start
        var here = function(point)
        guard here.value.isFinite else { return nil }
        for _ in 0..<iterations {
            guard let step = Self.step(here) else { return nil }
            var scale = 1.0
            var moved = false
            let longest = step.map(abs).max() ?? 0
            while scale * longest > tolerance * 1e-3 || scale == 1 {
                let candidate = zip(point, step).map { $0 + scale * $1 }
                let there = function(candidate)
                // Sums are exact to some 1e-15 of their size: below that a rise is noise.
                if there.value <= here.value + 1e-13 * abs(here.value) {
                    (point, here, moved) = (candidate, there, true)
                    break
                }
                scale /= 2
            }
            if !moved || longest * scale <= tolerance { return moved || longest <= 1e-6 ? point : nil }
        }
        return nil
    }

    /// -(H + λI)⁻¹ g with the least λ of a growing series that makes the matrix positive definite.
    private static func step(_ here: Curvature) -> [Double]? {
        let size = here.gradient.count
        let diagonal = (0..<size).map { abs(here.hessian[$0 * size + $0]) }.max() ?? 0
        guard diagonal.isFinite else { return nil }
        var ridge = 0.0
        for _ in 0..<60 {
            var matrix = here.hessian
            for index in 0..<size { matrix[index * size + index] += ridge }
            if let solution = PositiveDefinite.solve(matrix, here.gradient) { return solution.map { -$0 } }
            ridge = max(ridge * 4, max(diagonal, 1e-8) * 1e-4)
        }
        return nil
    }
}

/// Linear equations with a symmetric positive definite matrix.
public enum PositiveDefinite {
    /// Solves A x = b by Cholesky's decomposition A = L Lᵀ (Golub and Van Loan 2013, Matrix Computations, 4.2).
    /// - Parameters:
    ///   - matrix: row-major n × n; only the lower triangle is read.
    ///   - right: b.
    /// - Returns: nil when the matrix is not positive definite, in double precision too.
    public static func solve(_ matrix: [Double], _ right: [Double]) -> [Double]? {
        let size = right.count
        guard matrix.count == size * size else { return nil }
        var factor = matrix
        var solution = right
        for column in 0..<size {
            let diagonal = column * size
            var pivot = factor[diagonal + column]
            for index in 0..<column { pivot -= factor[diagonal + index] * factor[diagonal + index] }
            guard pivot > 1e-14 * abs(matrix[diagonal + column]), pivot.isFinite else { return nil }
            let root = pivot.squareRoot()
            factor[diagonal + column] = root
            for row in column + 1..<max(size, column + 1) {
                var value = factor[row * size + column]
                for index in 0..<column { value -= factor[row * size + index] * factor[diagonal + index] }
                factor[row * size + column] = value / root
            }
        }
        for row in 0..<size {
            for index in 0..<row { solution[row] -= factor[row * size + index] * solution[index] }
            solution[row] /= factor[row * size + row]
        }
        for row in (0..<size).reversed() {
            for index in row + 1..<max(size, row + 1) { solution[row] -= factor[index * size + row] * solution[index] }
            solution[row] /= factor[row * size + row]
        }
        return solution.allSatisfy(\.isFinite) ? solution : nil
    }
}
