package import Identity
import Support
package import Web

/// One route as an Operation Object of OpenAPI.
struct OpenAPIOperation {
    let route: AppRoute

    var json: JSON {
        let operation = route.operation
        var members: [JSON.Member] = [
            JSON.Member("operationId", .string(route.operationID)),
            JSON.Member("summary", .string(operation.summary)),
            JSON.Member("description", .optional(OperationProse.all[route.operationID])),
            JSON.Member("tags", [.string(route.groupTitle)]),
            JSON.Member("security", security),
        ]
        if !scopes.isEmpty { members.append(JSON.Member("x-required-scopes", .array(scopes))) }
        if let needs = route.needs { members.append(JSON.Member("x-further-scopes", .string(needs.words))) }
        members.append(JSON.Member("x-roles", .array(route.access.roles.map { .string($0.rawValue) })))
        let parameters = self.parameters
        if !parameters.isEmpty { members.append(JSON.Member("parameters", .array(parameters))) }
        if !operation.request.isEmpty { members.append(JSON.Member("requestBody", body)) }
        members.append(JSON.Member("responses", responses))
        return .object(members)
    }

    private var security: JSON {
        guard route.access != .open else { return [] }
        // Each is enough.
        let tokens: [JSON] = scopes.isEmpty ? [["token": []]] : scopes.map { ["token": [$0]] }
        let session: JSON = route.method.isUnsafe ? ["session": [], "csrf": []] : ["session": []]
        return .array(tokens + [session])
    }

    /// The scopes of which a token needs one.
    private var scopes: [JSON] {
        switch route.access {
        case .open, .login, .gathered: []
        case .permission(let permission): [.string(permission.rawValue)]
        case .anyOf(let some): some.inOrder.map { .string($0.rawValue) }
        }
    }

    // MARK: Requests

    private var parameters: [JSON] {
        var all = route.pathParameters.map { name, schema, description -> JSON in
            [
                "name": .string(name), "in": "path", "required": true, "description": .string(description),
                "schema": Self.inAddress(schema).json,
            ]
        }
        all += route.operation.parameters.map(Self.json)
        func shared(_ name: String) { all.append(["$ref": .string("#/components/parameters/\(name)")]) }
        if route.takesIdempotencyKey { shared("Idempotency-Key") }
        if route.isVersioned {
            if route.method == .get { shared("If-None-Match") }
            if route.refusals.contains(412) || route.operation.responses[412] != nil { shared("If-Match") }
        }
        return all
    }

    private static func json(_ parameter: Operation.Parameter) -> JSON {
        var members: [JSON.Member] = [
            JSON.Member("name", .string(parameter.name)),
            JSON.Member("in", .string(parameter.place.rawValue)),
            JSON.Member("description", .string(parameter.description)),
        ]
        if parameter.isRequired { members.append(JSON.Member("required", true)) }
        var schema = inAddress(parameter.schema)
        // A text with a content of its own: generators pass over parameters that have `content` in place of `schema`.
        if let type = parameter.mediaType {
            schema = Schema.text().with("contentMediaType", .string(type))
        }
        members.append(JSON.Member("schema", schema.json))
        if let example = parameter.example { members.append(JSON.Member("example", .string(example))) }
        return .object(members)
    }

    /// A text of an address holds no NUL: such an address cannot be read at all (400). A number that is too great is
    /// no other value but none.
    private static func inAddress(_ schema: Schema) -> Schema {
        if schema.json["format"] == "int64" { return schema.with("maximum", .int(Int64.max)) }
        let rules = ["pattern", "enum", "format"]
        guard schema.json["type"] == "string", rules.allSatisfy({ schema.json[$0] == nil }) else { return schema }
        return schema.with("pattern", #"^[^\u0000]*$"#)
    }

    /// Those that many routes take alike.
    static let sharedParameters: JSON = {
        func header(_ name: String, _ text: String, _ schema: Schema) -> JSON.Member {
            JSON.Member(
                name,
                ["name": .string(name), "in": "header", "description": .string(text), "schema": schema.json]
            )
        }
        return .object([
            header(
                "Idempotency-Key",
                "Makes a repetition harmless: within 24 hours the same key brings the first answer again.",
                .text(length: 1...255, pattern: "^[!-~]([ -~]*[!-~])?$")
            ),
            // What cannot be read names no version, so nothing is left out of the answer.
            header("If-None-Match", "Entity tags, or *; 304 when the record still has one of them.", .text()),
            header("If-Match", "Entity tags, or *; 412 when the record has none of them any more.", tags),
        ])
    }()

    private static let tags = Schema.text(pattern: "^(\\*|(W/)?\"[!#-~]*\"(, *(W/)?\"[!#-~]*\")*)$")

    private var body: JSON {
        [
            "required": .bool(!route.operation.isBodyOptional),
            "content": Self.content(route.operation.request),
        ]
    }

    private static func content(_ contents: [Operation.Content]) -> JSON {
        .object(contents.map { JSON.Member($0.mediaType, ["schema": Schema.ref($0.schema).json]) })
    }

    // MARK: Answers

    private var responses: JSON {
        var members = route.operation.responses.sorted { $0.key < $1.key }.map { status, contents in
            JSON.Member(String(status), response(status, contents))
        }
        if route.operation.headers.contains(.etag), route.method == .get {
            members.append(JSON.Member("304", ["description": "The client has this version already."]))
        }
        members += route.refusals.map { status in
            JSON.Member(String(status), ["$ref": .string("#/components/responses/Refusal\(status)")])
        }
        return .object(members)
    }

    private func response(_ status: Int, _ contents: [Operation.Content]) -> JSON {
        if status >= 400, contents.allSatisfy({ $0.schema == "Problem" }) {
            return ["$ref": .string("#/components/responses/Refusal\(status)")]
        }
        var headers = ["X-Request-Id"]
        if status < 300 { headers += route.operation.headers.map(\.rawValue) }
        if route.path.segments.first == .literal("api") { headers += ["RateLimit", "RateLimit-Policy"] }
        if route.takesIdempotencyKey { headers.append("Idempotency-Replayed") }
        var members: [JSON.Member] = [
            JSON.Member("description", .string(statusTitle(status))),
            JSON.Member("headers", .object(headers.map { JSON.Member($0, OpenAPIDocument.header($0)) })),
        ]
        if !contents.isEmpty { members.append(JSON.Member("content", Self.content(contents))) }
        return .object(members)
    }
}

extension Access {
    /// The roles that may call such a route.
    package var roles: [Role] {
        switch self {
        case .open, .login: Role.allCases
        case .permission(let permission): Role.allCases.filter { $0.permissions.contains(permission) }
        case .anyOf(let some): Role.allCases.filter { !$0.permissions.isDisjoint(with: some) }
        case .gathered: []
        }
    }
}
