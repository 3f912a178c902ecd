import AdminKit
import Identity
import Support
import Web

/// The contract as an OpenAPI 3.1 document.
struct OpenAPIDocument {
    private let contract: APIContract

    init(_ contract: APIContract) {
        self.contract = contract
    }

    var json: JSON {
        [
            "openapi": "3.1.1",
            "info": [
                "title": "Bodega", "version": .string(contract.version), "summary": "A product-data house for shops.",
                "description": .string(APIProse.all.map { "## \($0.title)\n\n\($0.text)" }.joined(separator: "\n\n")),
            ],
            "servers": [["url": "/", "description": "This installation"]],
            "tags": .array(
                contract.groups.map { group in
                    ["name": .string(group.title), "description": .optional(APIGroup.named(group.title)?.text)]
                }
            ),
            "x-tagGroups": chapters,
            "x-events": events,
            "webhooks": webhooks,
            "paths": paths,
            "components": [
                "schemas": .object(contract.schemas.map { JSON.Member($0.name, $0.schema.json) }),
                "responses": responses,
                "headers": headers,
                "parameters": OpenAPIOperation.sharedParameters,
                "securitySchemes": security,
            ],
        ]
    }

    /// The tags by chapter, as viewers of documents group them.
    private var chapters: JSON {
        let titles = contract.groups.map(\.title)
        let groups = APIGroup.all.filter { titles.contains($0.title) }
        var names: [String] = []
        for group in groups where !names.contains(group.chapter) { names.append(group.chapter) }
        return .array(
            names.map { name in
                let tags = groups.filter { $0.chapter == name }.map { JSON.string($0.title) }
                return ["name": .string(name), "tags": .array(tags)]
            }
        )
    }

    /// What is published, by type: the outbox has no path of its own.
    private var events: JSON {
        .object(
            contract.events.map { event in
                JSON.Member(
                    event.name,
                    [
                        "summary": .string(event.summary), "version": .int(event.version),
                        "topic": .optional(event.topic), "data": event.schema.json,
                    ]
                )
            }
        )
    }

    /// What endpoints of other systems are sent, by type.
    private var webhooks: JSON {
        .object(
            contract.events.map { event in
                JSON.Member(event.name, ["post": WebhookOperation(event).json])
            }
        )
    }

    private var paths: JSON {
        var templates: [String] = []
        for route in contract.routes where !templates.contains(route.template) { templates.append(route.template) }
        return .object(
            templates.map { template in
                let routes = contract.routes.filter { $0.template == template }
                return JSON.Member(
                    template,
                    .object(
                        routes.map { JSON.Member($0.method.rawValue.lowercased(), OpenAPIOperation(route: $0).json) }
                    )
                )
            }
        )
    }

    private var responses: JSON {
        .object(
            Refusal.all.map { refusal in
                let status = refusal.status
                var headers = [JSON.Member("X-Request-Id", Self.header("X-Request-Id"))]
                if status == 401 { headers.append(JSON.Member("WWW-Authenticate", Self.header("WWW-Authenticate"))) }
                if [429, 503, 507].contains(status) {
                    headers.append(JSON.Member("Retry-After", Self.header("Retry-After")))
                }
                return JSON.Member(
                    "Refusal\(status)",
                    [
                        "description": .string(refusal.text), "headers": .object(headers),
                        "content": [
                            "application/problem+json": [
                                "schema": Schema.ref("Problem").json, "example": refusal.example,
                            ]
                        ],
                    ]
                )
            }
        )
    }

    static func header(_ name: String) -> JSON { ["$ref": .string("#/components/headers/\(name)")] }

    private var headers: JSON {
        func header(_ text: String, _ schema: Schema) -> JSON { ["description": .string(text), "schema": schema.json] }
        return [
            "X-Request-Id": header("Names the request; as in the log.", .text(pattern: "^[0-9a-f]{32}$")),
            "ETag": header(
                "The record's version, for If-Match and If-None-Match.",
                .text(pattern: "^(W/)?\"[!-~]*\"$")
            ),
            "Location": header("The path of what was made.", .text(pattern: "^/")),
            "Content-Disposition": header("The file's name.", .text()),
            "Retry-After": header("Seconds to wait.", .text(pattern: "^[0-9]+$")),
            "WWW-Authenticate": header("Always Bearer.", .text(pattern: "^Bearer")),
            "RateLimit": header("`r`: requests left; `t`: seconds until all are back.", .text()),
            "RateLimit-Policy": header("`q`: requests at once; `w`: seconds in which so many come back.", .text()),
            "Idempotency-Replayed": header("`true` on the stored answer to a repeated request.", .choice(["true"])),
        ]
    }

    private var security: JSON {
        [
            "token": [
                "type": "http", "scheme": "bearer",
                "description": "A token made under Tokens or with 'bodega token create'; its scopes limit it.",
            ],
            "session": [
                "type": "apiKey", "in": "cookie", "name": "bodega_session",
                "description": "Set by POST /api/session; named __Host-bodega_session over TLS.",
            ],
            "csrf": [
                "type": "apiKey", "in": "header", "name": "X-CSRF-Token",
                "description": "Beside the cookie on every POST, PUT, PATCH and DELETE; from POST /api/session.",
            ],
        ]
    }
}
