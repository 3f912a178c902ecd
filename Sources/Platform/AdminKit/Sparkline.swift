package import Markup

/// How a figure got to where it is, as a small line without axes. What it says stands in words beside it.
package enum Sparkline {
    private static let width = 120
    private static let height = 28

    /// - Parameter values: in order of time; fewer than two make no line.
    package static func html(_ values: [Int64]) -> HTML {
        guard values.count > 1, let low = values.min(), let high = values.max() else { return .empty }
        let points = values.enumerated().map { index, value in
            let across = tenths(Int64(index), of: Int64(values.count - 1), times: width)
            // Three units of air above and two below, so that the line is not cut.
            let up = high == low ? (height - 5) * 5 : tenths(value - low, of: high - low, times: height - 5)
            return "\(decimal(across)) \(decimal((height - 2) * 10 - up))"
        }.joined(separator: " ")
        return """
            <svg class="spark" viewBox="0 0 \(width) \(height)" preserveAspectRatio="none" aria-hidden="true" \
            focusable="false"><path class="a" d="M\(points) V\(height) H0Z"/><path class="l" d="M\(points)"/></svg>
            """
    }

    private static func tenths(_ part: Int64, of whole: Int64, times size: Int) -> Int {
        Int(Double(part) / Double(whole) * Double(size * 10))
    }

    private static func decimal(_ tenths: Int) -> String { "\(tenths / 10).\(tenths % 10)" }
}
