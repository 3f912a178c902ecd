/// What holds for the whole API, in words: once, for the document and for the page.
enum APIProse {
    static let all: [(title: String, text: String)] = [
        (
            "Access",
            """
            Send `Authorization: Bearer TOKEN`. A token reaches as far as its scopes and its user's role both allow. \
            A browser's session cookie works too; then every POST, PUT, PATCH and DELETE needs `X-CSRF-Token`. \
            What can be done with a job hangs on its kind: to act on it takes what it takes to ask for it, and to see \
            what its rows hold takes `read:products` beside `read:jobs` (`options` and `result` are null without it); \
            `links` has what you may do. You can give only what you hold: no token with scopes, no user with a role \
            and no link to a password that may do more than you (403 `not_yours_to_give`).
            """
        ),
        (
            "Errors",
            """
            A refusal is a problem document (RFC 9457) with a `code` for programs, a `detail` for people and, where \
            single fields are at fault, `errors`. 400: the request cannot be read, or names a parameter that there is \
            not. 422: it was understood and refused. Unknown members are refused, never ignored. 507 `disk_full`: the \
            server has no room left for what the request would keep; nothing was changed.
            """
        ),
        (
            "Types",
            """
            Times are RFC 3339 in UTC with milliseconds. Amounts are texts with exactly the currency's decimals. A \
            missing text is null, never "". What Bodega gives (`id`, `version`, `created_at`, `updated_at`) may be \
            sent back unchanged.
            """
        ),
        (
            "Lists",
            """
            `items` and `next`: the path of the next page, or null. `limit` is 1 to 1000, `include=total` adds the \
            exact number that match.
            """
        ),
        (
            "Changing what others change",
            """
            A record's `ETag` names its version. With `If-None-Match` a read answers 304 when nothing has changed; \
            with `If-Match` a change answers 412 when another request was faster.
            """
        ),
        (
            "Repeating a POST",
            """
            Give every POST an `Idempotency-Key` of your own. Sent again within 24 hours, by the same user and with \
            the same content, it does nothing and answers as the first time, with `Idempotency-Replayed: true`; with \
            other content it is 422, while the first still runs 409. Answers with 401, 403, 429 and 5xx are not kept. \
            Of an answer that held a secret, such as a new token's, a repetition only says (409) that it was done.
            """
        ),
        (
            "Limits",
            """
            `RateLimit` says how many requests are left (`r`) and when all are back (`t`, in seconds). Beyond it the \
            answer is 429 with `Retry-After`. A token's own limit (policy `token`) is told before that of its address \
            (`address`). Uploads and streams are limited by how many are open at a time (`qu="concurrent-requests"`). \
            Where bodies under way fill the room for them the answer is 503 `spool_full`. One user may download a few \
            files at a time; beyond that it is 429, beyond the number of those of all users 503.

            A path with empty or dot segments, with `#`, or with an encoded slash outside of a value is refused \
            (400 `ambiguous_path`): a proxy on the way could take it for another.
            """
        ),
        (
            "From another site's page",
            """
            Pages of the origins that the operator has allowed (CORS) may call the API with a token; cookies are not \
            taken from them. An `EventSource` sends no token: `POST /api/jobs/{id}/stream-ticket` answers with an \
            address for it. Open it within a minute; from then on it comes back by itself when the line breaks.
            """
        ),
        (
            "Events",
            """
            A stream that comes back with the id that it saw last (`Last-Event-ID`, or `last_event_id` in the \
            address) gets everything that it missed. Where that is no longer known it gets `reset` first: read \
            again what you show. With `named=0` the events have no names and reach `onmessage`; data that is not \
            a job's state then says in `event` what it is.
            """
        ),
    ]
}
