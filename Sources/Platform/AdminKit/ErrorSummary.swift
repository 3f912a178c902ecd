package import Markup
package import Web

/// "There is a problem" above a form: every error once, each a link to its field. Empty when nothing is wrong.
package struct ErrorSummary: Sendable {
    package var fields: [FormField]
    /// Problems that belong to no field.
    package var general: [Problem]

    package init(_ fields: [FormField], general: [Problem] = []) {
        self.fields = fields
        self.general = general
    }

    package var html: HTML {
        let wrong = fields.filter { $0.error != nil }
        guard !wrong.isEmpty || !general.isEmpty else { return .empty }
        return """
            <div class="error-summary" role="alert" aria-labelledby="error-summary-title" tabindex="-1" data-focus>
            <h2 id="error-summary-title">There is a problem</h2>
            <ul>\(each: general, { "<li>\($0.detail)</li>" })\
            \(each: wrong, { "<li><a href=\"#\($0.id)\">\($0.error)</a></li>" })</ul>
            </div>
            """
    }
}
