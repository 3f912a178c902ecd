import Glibc

/// A hash of what a picture looks like: two of which few bits differ look alike.
///
/// pHash as Zauner describes it ("Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, 3.2.1) and
/// the Python package imagehash has it: the 64 lowest frequencies of a discrete cosine transform of 32 × 32 grey
/// pixels, each a bit that says whether it is above their median.
public enum PerceptualHash {
    /// Pixels of a side that are looked at.
    static let side = 32
    private static let kept = 8

    /// - Parameter grey: 32 rows of 32 pixels, 0-255.
    static func of(grey: [UInt8]) -> UInt64 {
        guard grey.count == side * side else { return 0 }
        let rows = (0..<side).map { row in transform(grey[(row * side)..<((row + 1) * side)].map(Double.init)) }
        let columns = (0..<kept).map { column in transform(rows.map { $0[column] }) }
        var values: [Double] = []
        for row in 0..<kept { for column in 0..<kept { values.append(columns[column][row]) } }
        let sorted = values.sorted()
        let median = (sorted[values.count / 2 - 1] + sorted[values.count / 2]) / 2
        return values.reduce(0) { hash, value in hash << 1 | (value > median ? 1 : 0) }
    }

    /// The first frequencies of a row (DCT-II, not scaled).
    private static func transform(_ row: [Double]) -> [Double] {
        (0..<kept).map { frequency in
            row.enumerated().reduce(0) { sum, sample in
                sum + sample.element * cosines[frequency * side + sample.offset]
            }
        }
    }

    private static let cosines: [Double] = (0..<kept).flatMap { frequency in
        (0..<side).map { cos(Double.pi * Double(frequency) * (2 * Double($0) + 1) / Double(2 * side)) }
    }

    /// In how many bits two differ: 0-64.
    public static func distance(_ one: UInt64, _ other: UInt64) -> Int { (one ^ other).nonzeroBitCount }
}
