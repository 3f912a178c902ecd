package import Markup

/// The parts of a whole as one thin bar; the figures stand in words beside it.
package enum ShareBar {
    /// - Parameter parts: each with its value and which of the colours `f0`-`f5` it has.
    package static func html(_ parts: [(value: Int64, colour: Int)]) -> HTML {
        let whole = parts.reduce(0) { $0 + max(0, $1.value) }
        guard whole > 0 else { return .empty }
        var left = 0
        var before: Int64 = 0
        let shapes = parts.filter { $0.value > 0 }.map { part -> HTML in
            before += part.value
            // By where it ends, so that rounding leaves no gap; what is there is seen.
            let right = max(left + 4, Int(Double(before) / Double(whole) * 1000))
            defer { left = right }
            return "<rect class=\"f\(part.colour)\" x=\"\(left)\" y=\"0\" width=\"\(right - left)\" height=\"8\"/>"
        }
        return """
            <svg class="share" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">\
            \(each: shapes, { $0 })</svg>
            """
    }
}
