package import Markup

/// Bars of several parts, one a thing, the oldest at the left. A table of the same figures stands behind it for those
/// who do not see it.
package struct StackedBars: Sendable, Equatable {
    package struct Bar: Sendable, Equatable {
        package var title: String
        /// What stands at its parts, in the order of `parts`.
        package var values: [Int64]

        package init(_ title: String, _ values: [Int64]) {
            self.title = title
            self.values = values
        }
    }

    /// What it shows, in a sentence.
    package var label: String
    /// The parts from the bottom up: their names, and which of the colours `f0`-`f5` they have.
    package var parts: [Part]
    package var bars: [Bar]

    package struct Part: Sendable, Equatable {
        package var name: String
        package var colour: Int

        package init(_ name: String, colour: Int) {
            self.name = name
            self.colour = colour
        }
    }

    package init(_ label: String, parts: [Part], bars: [Bar]) {
        self.label = label
        self.parts = parts
        self.bars = bars
    }

    package var html: HTML {
        """
        <svg class="chart" viewBox="0 0 \(width) 1000" preserveAspectRatio="none" role="img" aria-label="\(label)">\
        <path class="grid" d="M0 1000H\(width)M0 500H\(width)M0 0H\(width)"/>\
        \(each: Array(bars.enumerated()), bar)</svg>
        <ul class="legend" aria-hidden="true">\(each: parts, { part in
            """
            <li><svg viewBox="0 0 8 8" focusable="false"><rect class="f\(part.colour)" width="8" height="8"/></svg>\
            \(part.name)</li>
            """
        })</ul>
        <div class="visually-hidden"><table><caption>\(label)</caption>\
        <thead><tr><th scope="col">File</th>\(each: parts, { "<th scope=\"col\">\($0.name)</th>" })</tr></thead>\
        <tbody>\(each: bars, row)</tbody></table></div>
        """
    }

    private var width: Int { max(1, bars.count) * 10 }

    /// The greatest sum has the whole height. A part that is there is seen, however small it is beside that.
    private func bar(_ item: (offset: Int, element: Bar)) -> HTML {
        let greatest = Double(max(1, bars.map { $0.values.reduce(0, +) }.max() ?? 1))
        var top = 1000
        let shapes = zip(parts, item.element.values).map { part, value -> HTML in
            guard value > 0 else { return .empty }
            let height = max(8, Int(Double(value) / greatest * 1000))
            top -= height
            return """
                <rect class="f\(part.colour)" x="\(item.offset * 10 + 1)" y="\(max(0, top))" width="8" \
                height="\(height)"/>
                """
        }
        return "<g><title>\(item.element.title)</title>\(each: shapes, { $0 })</g>"
    }

    private func row(_ bar: Bar) -> HTML {
        """
        <tr><th scope="row">\(bar.title)</th>\(each: bar.values, { "<td>\(Format.integer($0))</td>" })</tr>
        """
    }
}
