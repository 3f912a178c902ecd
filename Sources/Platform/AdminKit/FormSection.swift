import Markup

/// Some fields of a form under a heading of their own.
package struct FormSection: Sendable {
    package var title: String
    package var fields: [FormField]
    /// Whether it stands beside the others where there is room.
    package var isAside: Bool
    /// Fields side by side; long texts take a whole line.
    package var columns: Int

    package init(_ title: String, _ fields: [FormField], isAside: Bool = false, columns: Int = 1) {
        self.title = title
        self.fields = fields
        self.isAside = isAside
        self.columns = columns
    }

    /// Sections in two columns where there is room, those aside in the second; else below each other.
    static func html(_ sections: [FormSection]) -> HTML {
        """
        <div class="form-columns">
        <div>\(each: sections.filter { !$0.isAside }, \.html)</div>
        <div>\(each: sections.filter(\.isAside), \.html)</div>
        </div>

        """
    }

    private var html: HTML {
        """
        <fieldset class="form-section"><legend>\(title)</legend>
        <div class="form-fields\(if: columns > 1, " two")">
        \(each: fields, \.html)</div></fieldset>

        """
    }
}
