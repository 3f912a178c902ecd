/// Scores of different kinds on one scale: each as its distance from the mean in standard deviations, times a weight
/// (Montague and Aslam 2001, Relevance score normalization for metasearch, CIKM).
public enum ScoreBlend {
    /// The weighted sum of standardised scores; scores that are all the same add nothing.
    /// - Parameter scores: lists of equal length with their weights, added in the order given.
    public static func sum(_ scores: [(values: [Double], weight: Double)]) -> [Double] {
        var sums = [Double](repeating: 0, count: scores.first?.values.count ?? 0)
        for (values, weight) in scores {
            let standard = standardised(values)
            for index in sums.indices { sums[index] += weight * standard[index] }
        }
        return sums
    }

    static func standardised(_ values: [Double]) -> [Double] {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        let scale = 1 / (variance.squareRoot() + 1e-9)
        return values.map { ($0 - mean) * scale }
    }
}
