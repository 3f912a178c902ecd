package import Markup
package import Support

/// Asks before something is destroyed: how many things, what becomes of them, and, for more than one, to type the
/// number.
package struct ConfirmPage: Sendable {
    package var title: String
    package var parent: Link
    /// How many things it will destroy.
    package var count: Int
    package var noun: Noun
    /// What happens, and whether it can be undone.
    package var consequence: String
    /// Says which things, e.g. the filters in force.
    package var details: HTML
    /// The path it posts to.
    package var action: String
    package var hidden: [Form.Hidden]
    /// The verb of the button, e.g. `Delete`.
    package var verb: String
    /// What was wrong with the number that was typed.
    package var error: String?

    package init(
        _ title: String,
        parent: Link,
        count: Int,
        noun: Noun,
        consequence: String,
        details: HTML = "",
        action: String,
        hidden: [Form.Hidden] = [],
        verb: String = "Delete",
        error: String? = nil
    ) {
        self.title = title
        self.parent = parent
        self.count = count
        self.noun = noun
        self.consequence = consequence
        self.details = details
        self.action = action
        self.hidden = hidden
        self.verb = verb
        self.error = error
    }

    package func html(in shell: Shell) -> HTML {
        let fields = count > 1 ? [numberField] : []
        return Page(
            title,
            parent: parent,
            errors: ErrorSummary(fields).html,
            content: """
                \(Banner(.warning, consequence).html)
                \(count > 1 ? nil : error.map { Banner(.danger, $0).html })
                \(details)
                <div\(if: count > 1, " data-confirm=\"\(count)\"")>
                \(Form(
                    action: action,
                    csrf: shell.csrf,
                    fields: fields,
                    hidden: count > 1 ? hidden : hidden + [Form.Hidden("confirm", String(count))],
                    submit: count == 1 ? "\(verb) \(noun.one)" : "\(verb) \(Format.count(count, noun))",
                    style: .danger,
                    cancel: Link("Cancel", parent.path)
                ).html)
                </div>
                """
        ).html(in: shell)
    }

    private var numberField: FormField {
        FormField(
            "confirm",
            "Type \(count) to confirm",
            .wholeNumber,
            hint: "The number of \(noun.many) this will destroy.",
            error: error,
            isRequired: true
        )
    }
}
