import AdminKit
import Identity
import ImportKit
import Support
import Web

/// What programs may rely on: the routes that are for them, and the schemas that those name.
struct APIContract: Sendable {
    var routes: [AppRoute]
    var schemas: [NamedSchema]
    /// What is published for other systems.
    var events: [EventType]
    var version: String

    /// Takes over what is for programs; pages and their forms are left out.
    init(routes: [AppRoute], schemas: [NamedSchema], events: [EventType], version: String) {
        self.routes = routes.filter { !$0.operation.isPage }
        self.schemas = schemas
        self.events = events
        self.version = version
    }

    func schema(_ name: String) -> Schema? { schemas.first { $0.name == name }?.schema }

    /// The routes by what they are about: the headings in the order of `APIGroup`, the routes in that of the table.
    var groups: [(title: String, routes: [AppRoute])] {
        var titles = APIGroup.all.map(\.title)
        for route in routes where !titles.contains(route.groupTitle) { titles.append(route.groupTitle) }
        return titles.map { title in (title, routes.filter { $0.groupTitle == title }) }.filter { !$0.routes.isEmpty }
    }

    /// A value that a schema describes.
    func example(of name: String) -> JSON? { schema(name)?.json["examples"]?.arrayValue?.first }
}

// What a route's address says about it.
extension Route {
    private var words: [String] {
        path.segments.compactMap { if case .literal(let word) = $0 { word } else { nil } }
    }

    /// `/api/products/{id}`, as OpenAPI writes paths.
    var template: String {
        path.segments.map { segment in
            switch segment {
            case .literal(let text): "/\(text)"
            case .any(let name), .int(let name): "/{\(name)}"
            }
        }.joined()
    }

    /// A name for generated clients: `getProductsById`.
    var operationID: String {
        let parts = path.segments.dropFirst(words.first == "api" ? 1 : 0).flatMap { segment -> [String] in
            switch segment {
            case .literal(let text): text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
            case .any(let name), .int(let name): name == "id" ? ["by", "id"] : [name]
            }
        }
        let name = parts.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        return method.rawValue.lowercased() + name
    }

    /// What it is about, for a heading.
    var groupTitle: String {
        let subject = words.first { $0 != "api" } ?? ""
        switch subject.split(separator: ".").first.map(String.init) ?? subject {
        case "session", "me": return "Session"
        case "upload-csv", "import-profiles": return "Imports"
        case "events": return "Jobs"
        case "health", "metrics", "openapi": return "System"
        case let other:
            let words = other.split(separator: "-").joined(separator: " ")
            return words.prefix(1).uppercased() + words.dropFirst()
        }
    }

    /// The parameters of the path with their schemas.
    var pathParameters: [(name: String, schema: Schema, description: String)] {
        path.segments.compactMap { segment in
            switch segment {
            case .literal: return nil
            case .int(let name): return (name, .integer(nil, 0...Int64.max), "the record's number")
            case .any(let name):
                let isJob = words.dropFirst().first == "jobs" && name == "id"
                return isJob
                    ? (name, .text(format: "uuid"), "the job's id")
                    : (name, .text(length: 1...Int.max), "one segment, percent-encoded")
            }
        }
    }

    /// Whether `Idempotency-Key` means something.
    var takesIdempotencyKey: Bool {
        method == .post && path.segments.first == .literal("api") && access != .open
    }

    /// Whether its record has a version that headers may name.
    var isVersioned: Bool {
        operation.headers.contains(.etag) || operation.responses[412] != nil
    }

    /// Whether it changes something of which a version is known: If-Match may name it.
    var isGuarded: Bool { isVersioned && method.isUnsafe && (method != .post || !pathParameters.isEmpty) }

    /// The statuses of refusals that follow from what the route is, beyond those that it names.
    var refusals: [Int] {
        var statuses: Set<Int> = [400, 429, 503]
        if access != .open { statuses.insert(401) }
        if method.isUnsafe { statuses.formUnion([403, 507]) }
        if access != .open, access != .login { statuses.insert(403) }
        if !pathParameters.isEmpty { statuses.insert(404) }
        if !operation.request.isEmpty { statuses.formUnion([413, 415, 422]) }
        if !operation.parameters.isEmpty { statuses.insert(414) }
        if takesIdempotencyKey { statuses.formUnion([409, 422]) }
        if isGuarded { statuses.insert(412) }
        return statuses.subtracting(operation.responses.keys).sorted()
    }
}
