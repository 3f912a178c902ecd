package import Markup

/// A form that posts to us, with the CSRF field, one main button and a way back.
package struct Form: Sendable {
    /// The path it posts to.
    package var action: String
    package var csrf: CSRFField
    package var fields: [FormField]
    /// In place of `fields`, where there are too many for one row of them.
    package var sections: [FormSection]
    /// Names and values sent along unseen, e.g. the version of an optimistic lock.
    package var hidden: [Hidden]
    /// What the main button says: a verb and a noun.
    package var submit: String
    package var style: ButtonStyle
    package var cancel: Link?
    /// Stands at the end of the row of buttons, e.g. the way to a delete page.
    package var aside: HTML

    /// A value that is sent along.
    package struct Hidden: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        package var html: HTML { "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">" }
    }

    package init(
        action: String,
        csrf: CSRFField,
        fields: [FormField] = [],
        sections: [FormSection] = [],
        hidden: [Hidden] = [],
        submit: String,
        style: ButtonStyle = .primary,
        cancel: Link? = nil,
        aside: HTML = ""
    ) {
        self.action = action
        self.csrf = csrf
        self.fields = fields
        self.sections = sections
        self.hidden = hidden
        self.submit = submit
        self.style = style
        self.cancel = cancel
        self.aside = aside
    }

    package var html: HTML {
        """
        <form class="form\(if: !sections.isEmpty, " wide")" method="post" action="\(action)" novalidate>
        \(csrf.html)\(each: hidden, { $0.html })
        \(each: fields, { $0.html })
        \(if: !sections.isEmpty, FormSection.html(sections))<div class="form-actions">
        <button class="button \(style.rawValue)">\(submit)</button>
        \(cancel.map(\.html))\(aside)
        </div>
        </form>
        """
    }

    /// A form that is nothing but its button, for actions that need no question.
    package static func button(
        _ title: String,
        action: String,
        csrf: CSRFField,
        hidden: [Hidden] = [],
        style: ButtonStyle = .secondary
    ) -> HTML {
        """
        <form method="post" action="\(action)">\(csrf.html)\(each: hidden, { $0.html })\
        <button class="button \(style.rawValue)">\(title)</button></form>
        """
    }
}
