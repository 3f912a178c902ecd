import Glibc
public import Testing

/// How the time of something grows with its input: an eightfold input takes about 8 times as long where it is linear,
/// 64 times where it is quadratic.
///
/// Measured in the thread's own processor time, so that other load does not count, and as the best of several.
public struct Growth: Sendable {
    public let name: String
    /// Of the greater input.
    private let count: Int
    private let prepare: @Sendable (Int) throws -> () throws -> Void

    /// - Parameters:
    ///   - count: how big the greater input is; the lesser one is an eighth of it, and should take a millisecond.
    ///   - prepare: makes the input of a size, and what is measured with it.
    public init(_ name: String, _ count: Int, _ prepare: @escaping @Sendable (Int) throws -> () throws -> Void) {
        self.name = name
        self.count = count
        self.prepare = prepare
    }

    /// How many times as long the eightfold input takes.
    public func ratio() throws -> Double {
        let (small, great) = (try time(count / 8), try time(count))
        return great / max(small, 1e-5)
    }

    /// Above this something is not linear: 8 with room for caches and for n log n.
    public static let most = 24.0

    /// In seconds.
    private func time(_ count: Int) throws -> Double {
        let body = try prepare(count)
        var best = Double.infinity
        for _ in 0..<3 {
            let begun = Self.now()
            try body()
            best = min(best, Self.now() - begun)
        }
        return best
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension Growth: CustomTestStringConvertible {
    public var testDescription: String { name }
}
