import AdminKit
import AdminKitTestSupport
import Markup
import Testing
import Web

@Suite struct FormFieldTests {
    @Test func hintAndErrorBelongToTheControl() {
        let field = FormField(
            "sku",
            "SKU",
            hint: "Up to 128 characters",
            error: "Enter a SKU",
            isRequired: true,
            maxLength: 128
        )
        #expect(
            field.html.text == """
                <div class="field has-error">
                <label for="field-sku">SKU</label>
                <p class="hint" id="field-sku-hint">Up to 128 characters</p>
                <p class="field-error" id="field-sku-error"><span class="visually-hidden">Error: </span>Enter a SKU</p>
                <input class="input" type="text" value="" autocomplete="off" id="field-sku" name="sku" \
                aria-describedby="field-sku-hint field-sku-error" aria-invalid="true" required maxlength="128">
                </div>
                """
        )
    }

    @Test(arguments: [
        FormField.Kind.text(), .email, .search, .textArea(), .money(currency: hostile("currency")),
        .select([.init(hostile("value"), hostile("choice"))]), .checkbox,
    ])
    func everyKindEscapes(kind: FormField.Kind) {
        let field = FormField(
            hostile("name"),
            hostile("label"),
            kind,
            value: hostile("value"),
            hint: hostile("hint"),
            error: hostile("error")
        )
        #expect(missing(["name", "label", "hint", "error"], in: field.html) == [])
        if kind != .checkbox { #expect(missing(["value"], in: field.html) == []) }
        #expect(faults(in: field.html).filter { !$0.hasPrefix("nothing has the id") } == [])
    }

    @Test func aPasswordIsNeverSentBack() {
        for kind in [FormField.Kind.password, .newPassword] {
            #expect(!FormField("p", "P", kind, value: "secret").html.text.contains("secret"))
        }
    }

    @Test func choicesAreBoxesUnderOneName() {
        let choices: [FormField.Choice] = [
            .init("read:all", "Read", hint: "Look at it"), .init("write", "Write"),
            .init(hostile("value"), hostile("choice"), hint: hostile("more")),
        ]
        let kind = FormField.Kind.choices(choices)
        let field = FormField("scopes", "May", kind, value: "write other", hint: "Few", error: "Choose one")
        let page = field.html
        #expect(faults(in: page) == [])
        #expect(missing(["value", "choice", "more"], in: page) == [])
        #expect(page.text.contains("<fieldset class=\"field choices has-error\" id=\"field-scopes\""))
        #expect(page.text.contains("aria-describedby=\"field-scopes-hint field-scopes-error\""))
        #expect(page.text.contains("name=\"scopes\" value=\"write\" checked>"))
        #expect(page.text.contains("value=\"read:all\" aria-describedby=\"field-scopes-read:all-hint\">"))
    }

    @Test func aTextAreaKeepsALeadingLineBreak() {
        #expect(FormField("t", "T", .textArea(), value: "\nx").html.text.contains(">\n\nx</textarea>"))
    }

    @Test func problemsGoToTheirFields() {
        let fields = [FormField("sku", "SKU"), FormField("name", "Name")]
        let shown = fields.showing([
            Problem("sku", "no_sku", "Enter a SKU"), Problem("sku", "x", "second"), Problem("other", "y", "Elsewhere"),
        ])
        #expect(shown.fields.map(\.error) == ["Enter a SKU", nil])
        #expect(shown.rest.map(\.detail) == ["Elsewhere"])
    }
}

@Suite struct ErrorSummaryTests {
    @Test func linksToTheFields() {
        let html = ErrorSummary(
            [FormField("sku", "SKU", error: "Enter a SKU"), FormField("name", "Name")],
            general: [Problem("", "x", hostile("general"))]
        ).html
        #expect(html.text.contains("<li><a href=\"#field-sku\">Enter a SKU</a></li>"))
        #expect(!html.text.contains("field-name"))
        #expect(missing(["general"], in: html) == [])
        #expect(faults(in: html) == [])
    }

    @Test func isNothingWhenNothingIsWrong() {
        #expect(ErrorSummary([FormField("sku", "SKU")]).html == .empty)
    }
}
