public import Support

/// An error with an answer: status and text for the client, the cause for the log only.
public struct WebError: Error, Sendable {
    public var status: Int
    /// A stable word for programs, e.g. `wrong_state`; nil where the status says it all.
    public var code: String?
    /// One sentence that names the place and the cure.
    public var detail: String
    /// What is wrong with single fields.
    public var problems: [Problem]
    public var headers: Fields
    /// Further members of the problem document, e.g. `existing_id`.
    public var members: [JSON.Member]
    /// Never sent.
    public var cause: String?

    public init(
        _ status: Int,
        _ code: String? = nil,
        _ detail: String,
        problems: [Problem] = [],
        headers: Fields = .headers(),
        members: [JSON.Member] = [],
        cause: String? = nil
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.problems = problems
        self.headers = headers
        self.members = members
        self.cause = cause
    }

    public static let notFound = WebError(404, "not_found", "There is nothing at this address.")
    /// 400: a proxy on the way and the router would not take the path for the same one.
    public static let ambiguousPath = WebError(
        400,
        "ambiguous_path",
        "The path can be read in two ways: send no //, dot segments or #, and encoded slashes in values only."
    )
    /// 500 with a text that says nothing about the inside; the cause goes to the log.
    public static func internalError(cause: String) -> WebError {
        WebError(500, "internal", "Something went wrong here; it was recorded under the request id.", cause: cause)
    }
    /// 405 with the methods that the path has, as the router names them.
    public static func methodNotAllowed(_ allowed: [Method]) -> WebError {
        let list = Method.list(allowed)
        return WebError(
            405,
            "method_not_allowed",
            "This address answers \(list) only.",
            headers: .headers(["Allow": list])
        )
    }
    public static func badRequest(_ code: String, _ detail: String) -> WebError { WebError(400, code, detail) }
    /// 422: understood and refused, with the fields at fault.
    /// - Parameter problems: the first 100 are told: a body of a megabyte may have a hundred thousand, and the answer
    ///   must not be a multiple of it.
    public static func invalid(_ problems: [Problem]) -> WebError {
        let detail = problems.first?.detail ?? "The values were refused."
        return WebError(422, "invalid", detail, problems: Array(problems.prefix(100)))
    }
}

/// One thing wrong with one field: a value, not an error, so a form can show all of them.
public struct Problem: Sendable, Equatable {
    public var field: String
    /// A stable word, e.g. `too_long`.
    public var code: String
    /// What is wrong and what would be right.
    public var detail: String

    public init(_ field: String, _ code: String, _ detail: String) {
        self.field = field
        self.code = code
        self.detail = detail
    }
}
