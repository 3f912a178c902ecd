package import Markup

/// How far something is. Its label says of what.
package struct ProgressBar: Sendable, Equatable {
    /// 0-100; nil while the end is not known.
    package var percent: Int?
    package var label: String

    package init(_ percent: Int?, label: String) {
        self.percent = percent.map { min(100, max(0, $0)) }
        self.label = label
    }

    package var html: HTML {
        let value: HTML? = percent.map { " value=\"\($0)\"" }
        let words = percent.map { "\($0) %" } ?? "Under way"
        return "<progress max=\"100\"\(value) aria-label=\"\(label)\" data-field=\"progress\">\(words)</progress>"
    }
}
