import Support

extension Schema {
    /// A problem document (RFC 9457) as `WebError.problem` writes it. A case may add members, such as `existing_id`.
    public static let problem: Schema = {
        let schema = Schema.object(
            [
                "type": .text("Always `about:blank`: `code` tells the cases apart."),
                "title": .text("The status in words."),
                "status": .integer("The status in digits.", 400...599),
                "detail": .text("What happened and what to do, in a sentence."),
                "instance": .text("The path of the request."),
                "request_id": .text("As in X-Request-Id and in the log."),
                "code": .ref("ProblemCode"),
                "errors": .list(of: .ref("Fault"), "What is wrong with single fields."),
            ],
            required: ["type", "title", "status", "detail", "instance", "request_id"],
            "Why a request was refused (RFC 9457). Some cases add members of their own, such as `existing_id`."
        )
        return schema.with("additionalProperties", true).example([
            "type": "about:blank", "title": "Unprocessable Content", "status": 422,
            "detail": "Name is missing: enter one.", "instance": "/api/products",
            "request_id": "5c8f5e0f6b2c4a3d9e1f0a7b8c6d5e4f", "code": "invalid",
            "errors": [["field": "name", "code": "required", "detail": "Name is missing: enter one."]],
        ])
    }()

    /// One of the `errors` of a problem document.
    public static let fault: Schema = .object(
        [
            "field": .text("The member, column or parameter; empty for the whole."),
            "code": .ref("ProblemCode"),
            "detail": .text("What is wrong and what would be right."),
        ],
        "What is wrong with one value."
    )

    /// Every word that `code` may be, with its meaning.
    public static func problemCode(_ codes: [ProblemCode]) -> Schema {
        .choice(codes.map(\.name), "A stable word by which programs tell refusals apart. A later version may add some.")
            .with("x-enum-descriptions", .array(codes.map { .string($0.meaning) }))
    }
}
