import Support
import Web

/// What a status of refusal means, with one of its cases.
struct Refusal {
    var text: String
    private var error: WebError

    private init(_ text: String, _ error: WebError) {
        (self.text, self.error) = (text, error)
    }

    var status: Int { error.status }

    /// As it is sent.
    var example: JSON {
        let response = error.problem(requestID: "5c8f5e0f6b2c4a3d9e1f0a7b8c6d5e4f", instance: "/api/products")
        guard case .bytes(let bytes) = response.body, let document = try? JSON.parse(bytes) else { return .null }
        return document
    }

    static let all: [Refusal] = [
        Refusal(
            "The request cannot be read, or has a parameter that there is not.",
            WebError.badParameter(
                "colour",
                "unknown_parameter",
                "There is no parameter 'colour' here; allowed are q, sku."
            )
        ),
        Refusal(
            "The request has no login, or its token is not valid.",
            WebError(401, "bad_token", "The token is unknown, expired or revoked, or its user is not active.")
        ),
        Refusal(
            "The role or the scopes do not suffice, or the CSRF token is missing.",
            WebError(
                403,
                "forbidden",
                "This needs the permission write:products, which your role or token does not include."
            )
        ),
        Refusal("There is no such record.", WebError(404, "not_found", "There is no such product.")),
        Refusal(
            "The present state does not allow it, or the value is taken.",
            WebError(
                409,
                "wrong_state",
                "The job is completed, so this cannot be done now.",
                members: [JSON.Member("job_status", "completed")]
            )
        ),
        Refusal(
            "The record is not in the version that If-Match names.",
            WebError(
                412,
                "changed_meanwhile",
                "The record is not in the state that the request was made for; read it again."
            )
        ),
        Refusal("The body is too large.", WebError.tooLarge(limit: 1 << 20)),
        Refusal(
            "The address with its query is too long; what is long belongs into the body.",
            WebError(414, "uri_too_long", "The address is too long.")
        ),
        Refusal("The body is of another media type.", WebError.unsupportedMediaType(["application/json"])),
        Refusal(
            "The file has none of the bytes that Range asks for.",
            WebError(416, "no_such_range", "The file has 1048576 bytes, and none of those that Range asks for.")
        ),
        Refusal(
            "Understood and refused: `errors` names the members at fault.",
            WebError.invalid([Problem("name", "required", "Name is missing: enter one.")])
        ),
        Refusal(
            "The number of records must be confirmed: see `count`.",
            WebError(
                428,
                "confirmation_required",
                "This would delete 12 products. Repeat it with confirm=12 to go on.",
                members: [JSON.Member("count", 12)]
            )
        ),
        Refusal(
            "Too many requests: wait as long as Retry-After says.",
            WebError.tooManyRequests(
                "too_many_requests",
                "More than 20 requests a second; wait and try again.",
                retryAfter: 2
            )
        ),
        Refusal(
            "Not now: wait as long as Retry-After says.",
            WebError.unavailable(
                "busy",
                "Another change is being written just now. Nothing was changed: try again in a few seconds.",
                retryAfter: 2
            )
        ),
        Refusal(
            "The server's disk is full. Nothing was changed; repeat the request when there is room on it.",
            WebError.diskFull(cause: "")
        ),
    ]
}
