package import Markup

/// The steps of what takes several pages, in a row: those behind with a tick, the present one by its number.
package struct Stepper: Sendable, Equatable {
    /// What they are called all together.
    package var label: String
    package var steps: [String]
    /// The present one, from 0; behind the last when all are done.
    package var present: Int

    package init(_ label: String, _ steps: [String], present: Int) {
        self.label = label
        self.steps = steps
        self.present = present
    }

    package func html(_ assets: StaticAssets) -> HTML {
        "<ol class=\"stepper\" aria-label=\"\(label)\">\(each: Array(steps.indices), { item($0, assets) })</ol>"
    }

    private func item(_ index: Int, _ assets: StaticAssets) -> HTML {
        let title = steps[index]
        guard index >= present else {
            return """
                <li class="done"><span class="dot">\(Icon.check.html(assets))</span>\(title)\
                <span class="visually-hidden"> (done)</span></li>
                """
        }
        let current: HTML? = index == present ? " aria-current=\"step\"" : nil
        return "<li\(current)><span class=\"dot\">\(String(index + 1))</span>\(title)</li>"
    }
}
