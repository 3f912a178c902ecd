import AdminKit
import Support
import Web

/// The form of an endpoint.
enum WebhookForm {
    /// The controls with the values of an endpoint.
    /// - Parameter isNew: whether it asks how requests are to be signed, too.
    static func fields(_ draft: WebhookDraft, _ events: [EventType], isNew: Bool = false) -> [FormField] {
        let offered = choices(events)
        let known = Set(offered.map(\.value))
        return fields(
            url: draft.url,
            description: draft.description ?? "",
            chosen: draft.eventTypes.filter(known.contains),
            others: draft.eventTypes.filter { !known.contains($0) }.joined(separator: " "),
            headers: draft.headers.map { "\($0.name):" }.joined(separator: "\n"),
            rate: draft.rateLimit.map(String.init) ?? "",
            isStrict: draft.isStrict,
            isEnabled: draft.isEnabled,
            signature: isNew ? draft.scheme.rawValue : nil,
            offered
        )
    }

    /// The controls with the values as they were typed.
    static func fields(_ form: Fields, _ events: [EventType], isNew: Bool = false) -> [FormField] {
        fields(
            url: form["url"] ?? "",
            description: form["description"] ?? "",
            chosen: form.values("event_types"),
            others: form["other_types"] ?? "",
            headers: form["headers"] ?? "",
            rate: form["rate_limit"] ?? "",
            isStrict: form["strict_order"] == "1",
            isEnabled: form["enabled"] == "1",
            signature: isNew ? form["signature"] ?? "" : nil,
            choices(events)
        )
    }

    private static func choices(_ events: [EventType]) -> [FormField.Choice] {
        [.init("*", "Everything", hint: "Also what is added later, but not what is told only by its own name.")]
            + events.map { .init($0.name, $0.name, hint: $0.summary) }
    }

    /// How what is sent is signed, to choose from.
    static func signature(_ value: String) -> FormField {
        FormField(
            "signature",
            "Signature",
            .select([
                .init(Signature.Scheme.shared.rawValue, "A secret that both sides know (HMAC-SHA256)"),
                .init(Signature.Scheme.keys.rawValue, "A pair of keys (Ed25519)"),
            ]),
            value: value,
            hint: "With a pair of keys the endpoint gets a public key, which checks signatures and cannot make them.",
            isRequired: true
        )
    }

    private static func fields(
        url: String,
        description: String,
        chosen: [String],
        others: String,
        headers: String,
        rate: String,
        isStrict: Bool,
        isEnabled: Bool,
        signature: String?,
        _ choices: [FormField.Choice]
    ) -> [FormField] {
        [
            FormField(
                "url",
                "Address",
                value: url,
                hint: "Where requests go, such as https://erp.example/hooks.",
                isRequired: true,
                maxLength: 2000
            ),
            FormField("description", "Description", value: description, maxLength: WebhookDraft.mostDescription),
            FormField("event_types", "Events", .choices(choices), value: chosen.joined(separator: " ")),
            FormField(
                "other_types",
                "More events",
                value: others,
                hint: "Patterns such as product.* for all events of products, with blanks between."
            ),
            FormField(
                "headers",
                "Headers",
                .textArea(rows: 3),
                value: headers,
                hint: """
                    Sent along, one in a line: Authorization: Bearer … – Values are kept sealed and not shown again; a \
                    name alone keeps its value.
                    """
            ),
            FormField(
                "rate_limit",
                "Requests a second",
                .wholeNumber,
                value: rate,
                hint: "The most it gets; empty: as many as it takes."
            ),
            FormField(
                "strict_order",
                "Strictly in order",
                .checkbox,
                value: isStrict ? "1" : "",
                hint: "News of a product wait until what came before was taken or given up."
            ),
            FormField("enabled", "Send events", .checkbox, value: isEnabled ? "1" : ""),
        ] + (signature.map { [Self.signature($0)] } ?? [])
    }
}
