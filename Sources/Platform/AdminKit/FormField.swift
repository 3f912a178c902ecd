package import Markup
package import Web

/// One control of a form with its label, hint and error, tied together for assistive technology.
package struct FormField: Sendable, Equatable {
    /// What kind of control it is.
    package enum Kind: Sendable, Equatable {
        /// One line of text. `autocomplete` is the token of the HTML standard, e.g. `off`.
        case text(autocomplete: String = "off")
        case email
        case password
        /// One that is being chosen, which browsers then offer to make and to keep.
        case newPassword
        case search
        /// A day, sent as `2026-11-25`.
        case date
        /// Digits only, e.g. a count to confirm.
        case wholeNumber
        /// A measure, typed as a decimal.
        case decimal
        /// Several lines.
        case textArea(rows: Int = 4)
        /// An amount, typed as a decimal, with the currency's code behind it.
        case money(currency: String)
        case select([Choice])
        /// Any number of them, each with a box to tick; the value holds the chosen ones with blanks between.
        case choices([Choice])
        /// On when the value is `1`.
        case checkbox
        case file(accept: String)
    }

    /// One entry of a select or of choices.
    package struct Choice: Sendable, Equatable {
        package var value: String
        package var title: String
        /// Says more about one of several choices.
        package var hint: String?

        package init(_ value: String, _ title: String, hint: String? = nil) {
            self.value = value
            self.title = title
            self.hint = hint
        }
    }

    /// Tells how many characters a text has, as it is typed too.
    package struct Count: Sendable, Equatable {
        /// How many of them others show.
        package var shown: Int

        package init(shown: Int) { self.shown = shown }
    }

    /// The name it is sent under; also names the field in problems.
    package var name: String
    package var label: String
    package var kind: Kind
    package var value: String
    /// Says what is expected, before anything goes wrong.
    package var hint: String?
    /// Says what is wrong and what would be right.
    package var error: String?
    /// Says what is odd about the value, which is saved all the same.
    package var warning: String?
    /// Fields that may stay empty say so after their label.
    package var isRequired: Bool
    package var isReadOnly: Bool
    /// The greatest number of characters, if there is one.
    package var maxLength: Int?
    /// Set where the length of the text matters before its limit does.
    package var counted: Count?
    /// Whether typing begins here when the page has come: only where a page is nothing but its form.
    package var isFirst: Bool

    package init(
        _ name: String,
        _ label: String,
        _ kind: Kind = .text(),
        value: String = "",
        hint: String? = nil,
        error: String? = nil,
        isRequired: Bool = false,
        isReadOnly: Bool = false,
        maxLength: Int? = nil,
        isFirst: Bool = false
    ) {
        self.name = name
        self.label = label
        self.kind = kind
        self.value = value
        self.hint = hint
        self.error = error
        self.isRequired = isRequired
        self.isReadOnly = isReadOnly
        self.maxLength = maxLength
        self.isFirst = isFirst
    }

    /// The id of the control, for labels and for the links of the error summary.
    package var id: String { "field-\(name)" }

    /// Label, hint, error and control.
    package var html: HTML {
        if case .checkbox = kind { return checkbox }
        if case .choices(let choices) = kind { return fieldset(choices) }
        let optional: HTML = isRequired || isReadOnly ? "" : "<span class=\"optional\"> (optional)</span>"
        return """
            <div class="field\(if: error != nil, " has-error")">
            <label for="\(id)">\(label)\(optional)</label>
            \(hintLine)\(errorLine)\(control)\(warningLine)\(countLine)
            </div>
            """
    }

    /// The control under its label, as filters want it: no "(optional)", and an error only where there is one.
    package var compact: HTML {
        """
        <div class="field\(if: error != nil, " has-error")"><label for="\(id)">\(label)</label>\
        \(errorLine)\(control)</div>
        """
    }

    private var checkbox: HTML {
        """
        <div class="field\(if: error != nil, " has-error")">
        \(errorLine)<div class="check">\
        <input type="checkbox" value="1"\(if: value == "1", " checked")\(attributes)>\
        <div><label for="\(id)">\(label)</label>\(hintLine)</div></div>
        </div>
        """
    }

    private func fieldset(_ choices: [Choice]) -> HTML {
        """
        <fieldset class="field choices\(if: error != nil, " has-error")" id="\(id)"\(describedBy)>
        <legend>\(label)</legend>
        \(hintLine)\(errorLine)\(each: choices, box)</fieldset>
        """
    }

    private func box(_ choice: Choice) -> HTML {
        let box = "\(id)-\(choice.value)"
        let isChosen = value.split(separator: " ").contains { $0 == choice.value }
        return """
            <div class="check"><input type="checkbox" id="\(box)" name="\(name)" value="\(choice.value)"\
            \(if: isChosen, " checked")\(if: choice.hint != nil, " aria-describedby=\"\(box)-hint\"")>\
            <div><label for="\(box)">\(choice.title)</label>\
            \(choice.hint.map { "<p class=\"hint\" id=\"\(box)-hint\">\($0)</p>" })</div></div>

            """
    }

    private var hintLine: HTML? { hint.map { "<p class=\"hint\" id=\"\(id)-hint\">\($0)</p>\n" } }

    private var countLine: HTML? {
        counted.map { count in
            let length = value.unicodeScalars.count
            return """

                <p class="hint" id="\(id)-count"><span data-count-of="\(id)">\(length)</span> \
                \(length == 1 ? "character" : "characters"); search engines show about \(count.shown).</p>
                """
        }
    }

    private var errorLine: HTML? {
        error.map {
            "<p class=\"field-error\" id=\"\(id)-error\"><span class=\"visually-hidden\">Error: </span>\($0)</p>\n"
        }
    }

    private var warningLine: HTML? {
        warning.map { "\n<p class=\"field-warning\" id=\"\(id)-warning\">\(Tone.warning.mark)<span>\($0)</span></p>" }
    }

    private var describedBy: HTML? {
        var described: [String] = []
        if hint != nil { described.append("\(id)-hint") }
        if error != nil { described.append("\(id)-error") }
        if warning != nil { described.append("\(id)-warning") }
        if counted != nil { described.append("\(id)-count") }
        return described.isEmpty ? nil : " aria-describedby=\"\(described.joined(separator: " "))\""
    }

    /// What every control has.
    private var attributes: HTML {
        """
         id="\(id)" name="\(name)"\(describedBy)\(if: error != nil, " aria-invalid=\"true\"")\
        \(if: isRequired, " required")\(if: isReadOnly, " readonly")\
        \(maxLength.map { " maxlength=\"\($0)\"" })\(if: isFirst, " autofocus")
        """
    }

    private var control: HTML {
        switch kind {
        case .text(let autocomplete): return input("text", " autocomplete=\"\(autocomplete)\"")
        case .email: return input("email", " autocomplete=\"username\" spellcheck=\"false\"")
        case .password:
            return "<input class=\"input\" type=\"password\" autocomplete=\"current-password\"\(attributes)>"
        case .newPassword:
            return "<input class=\"input\" type=\"password\" autocomplete=\"new-password\"\(attributes)>"
        case .search: return input("search", " autocomplete=\"off\" spellcheck=\"false\"")
        case .date: return "<input class=\"input short\" type=\"date\" value=\"\(value)\"\(attributes)>"
        case .wholeNumber:
            return """
                <input class="input short" type="text" value="\(value)" inputmode="numeric" \
                autocomplete="off"\(attributes)>
                """
        case .decimal:
            return """
                <input class="input short" type="text" value="\(value)" inputmode="decimal" \
                autocomplete="off"\(attributes)>
                """
        case .textArea(let rows):
            // A line break right after the tag is dropped by the parser, so ours keeps the value's own.
            return "<textarea class=\"input\" rows=\"\(rows)\"\(attributes)>\n\(value)</textarea>"
        case .money(let currency):
            return """
                <div class="with-unit">\(input("text", " inputmode=\"decimal\" autocomplete=\"off\""))\
                <span class="unit">\(currency)</span></div>
                """
        case .select(let choices):
            return "<select class=\"input short\"\(attributes)>\(each: choices, option)</select>"
        case .file(let accept): return "<input class=\"input\" type=\"file\" accept=\"\(accept)\"\(attributes)>"
        case .checkbox, .choices: return .empty
        }
    }

    private func input(_ type: String, _ more: HTML) -> HTML {
        "<input class=\"input\" type=\"\(type)\" value=\"\(value)\"\(more)\(attributes)>"
    }

    private func option(_ choice: Choice) -> HTML {
        "<option value=\"\(choice.value)\"\(if: choice.value == value, " selected")>\(choice.title)</option>"
    }
}

extension [FormField] {
    /// The same fields with the problems at their places. Problems of no field here are in `rest`.
    package func showing(_ problems: [Problem]) -> (fields: [FormField], rest: [Problem]) {
        let fields = map { field in
            var copy = field
            copy.error = problems.first { $0.field == field.name }?.detail ?? field.error
            return copy
        }
        let names = map(\.name)
        return (fields, problems.filter { !names.contains($0.field) })
    }
}
