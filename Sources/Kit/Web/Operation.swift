import Support

/// What a route's entry in the OpenAPI document needs, and what its documentation says.
public struct Operation: Sendable {
    public var summary: String
    public var parameters: [Parameter]
    /// The media types and schema names of the body; empty when there is none.
    public var request: [Content]
    /// Whether the body may be left out.
    public var isBodyOptional = false
    /// The answers by status, with their media types; an empty list is an answer without a body. Refusals that every
    /// route of its kind knows (401, 403, 404 …) need not be listed.
    public var responses: [Int: [Content]]
    /// Headers of the answers that succeed, beyond those that every answer has.
    public var headers: [ResponseHeader] = []

    /// Something that comes with a request beside its body. Those of the path are read from its pattern.
    public struct Parameter: Sendable {
        public enum Place: String, Sendable {
            case query, header
        }

        public var name: String
        public var schema: Schema
        public var description: String
        public var place: Place
        public var isRequired: Bool
        public var example: String?
        /// Set where the value is a text of this type, e.g. JSON, which the schema then describes.
        public var mediaType: String?

        public init(
            _ name: String,
            _ schema: Schema,
            _ description: String,
            in place: Place = .query,
            isRequired: Bool = false,
            example: String? = nil,
            mediaType: String? = nil
        ) {
            self.name = name
            self.schema = schema
            self.description = description
            self.place = place
            self.isRequired = isRequired
            self.example = example
            self.mediaType = mediaType
        }

        /// - Parameter type: `string`, `integer` or `boolean`, without limits worth naming.
        public init(_ name: String, _ type: String, _ description: String) {
            self.init(name, Schema(["type": .string(type)]), description)
        }
    }

    public struct Content: Sendable {
        public var mediaType: String
        /// The name of a schema, e.g. `Product`.
        public var schema: String

        public init(_ mediaType: String, _ schema: String) {
            self.mediaType = mediaType
            self.schema = schema
        }

        public static func json(_ schema: String) -> Content { Content("application/json", schema) }
        public static let html = Content("text/html", "Page")
        public static let problem = Content("application/problem+json", "Problem")
    }

    /// A header of an answer that has a meaning of its own on some routes.
    public enum ResponseHeader: String, Sendable, CaseIterable {
        /// The record's version; the route takes If-None-Match, and If-Match where it writes.
        case etag = "ETag"
        /// Where the new record or job is.
        case location = "Location"
        /// The name under which a file is saved.
        case disposition = "Content-Disposition"
    }

    public init(
        _ summary: String,
        parameters: [Parameter] = [],
        request: [Content] = [],
        isBodyOptional: Bool = false,
        responses: [Int: [Content]],
        headers: [ResponseHeader] = []
    ) {
        self.summary = summary
        self.parameters = parameters
        self.request = request
        self.isBodyOptional = isBodyOptional
        self.responses = responses
        self.headers = headers
    }

    /// A page for people.
    public static func page(_ summary: String) -> Operation { Operation(summary, responses: [200: [.html]]) }
    /// A form post that answers with 303 to a page.
    public static func form(_ summary: String) -> Operation { Operation(summary, responses: [303: []]) }

    /// Whether it is for people: a page, or a form on one.
    public var isPage: Bool {
        responses.contains { status, contents in
            status == 303 || contents.contains { $0.mediaType == Content.html.mediaType }
        }
    }
}

// What every list takes, said once.
extension Operation.Parameter {
    public static let limit = Operation.Parameter(
        "limit",
        .integer(nil, 1...1000).defaultValue(50),
        "how many records a page has"
    )
    public static let cursor = Operation.Parameter(
        "cursor",
        .text(length: 1...8192, pattern: "^[A-Za-z0-9_-]+$"),
        "where a page begins; taken from `next` of the page before"
    )
    public static let total = Operation.Parameter(
        "include",
        .choice(["total"]),
        "`total` adds the exact number that match"
    )
    /// `limit`, `cursor` and `include`.
    public static let paging = [limit, cursor, total]

    /// The order of a list.
    /// - Parameter keys: by which it can be sorted, the default first, with `-` where it descends only.
    public static func sort(_ keys: [String], defaultValue: String, _ note: String? = nil) -> Operation.Parameter {
        let words = keys.flatMap { [$0, "-\($0)"] }
        let description = "the order; `-` descends\(note.map { "; \($0)" } ?? "")"
        return Operation.Parameter("sort", .choice(words).defaultValue(.string(defaultValue)), description)
    }

    /// Several of these words, with commas between them; blank is no filter, as forms send it.
    public static func words(_ name: String, _ words: [String], _ description: String) -> Operation.Parameter {
        let one = "(\(words.joined(separator: "|")))"
        return Operation.Parameter(
            name,
            .text(pattern: "^(\(one)(,\(one))*)?$"),
            "\(description): \(words.joined(separator: ", ")), with commas between",
            example: words.first
        )
    }
}
