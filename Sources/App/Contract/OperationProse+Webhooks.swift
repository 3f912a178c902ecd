extension OperationProse {
    /// `/api/webhooks`, `/api/event-types`.
    static let webhooks: [Text] = [
        (
            "getEventTypes",
            """
            Every type with the schema of its `data` and an example of a body. An import tells once, with its counts, \
            and never row by row. Who wants each product that a job has changed asks for `products.changed` by its \
            name: up to 500 products in an event; no pattern stands for it.
            """
        ),
        (
            "getWebhooks",
            """
            All endpoints and how they stand: when they were told something last, what they answered, since when they \
            fail. Secrets and the values of headers are never shown.
            """
        ),
        (
            "postWebhooks",
            """
            From now on the endpoint is told of events that its `event_types` fit, as Standard Webhooks 1.0 has it: \
            headers `webhook-id` (the same for each attempt: know a repetition by it), `webhook-timestamp` and \
            `webhook-signature` (`v1,` HMAC-SHA256 with the `secret` of this answer; where `signature` is \
            `v1a`: `v1a,` Ed25519, checked with the `public_key`), body `{"type", "timestamp", \
            "data"}`. Answer with a 2xx within 15 seconds; anything else is tried again, ten times in about 75 hours, \
            and redirects are not followed. 410 switches the endpoint off, and so do 5 days without a success. The \
            address must be public, or its network allowed by the setting `http.allowed_networks`.
            """
        ),
        (
            "getWebhooksById",
            """
            One endpoint. Its `ETag` changes with every delivery; for `If-Match` only what can be written counts.
            """
        ),
        (
            "patchWebhooksById",
            """
            A header sent as null keeps its value; one that is not named in `headers` goes. `enabled` switches the \
            endpoint on and off: while it is off events are not kept for it, see `replay` with `only=missed`.
            """
        ),
        (
            "putWebhooksById",
            """
            What is not sent falls back to its default. The secret stays.
            """
        ),
        (
            "deleteWebhooksById",
            """
            Removes it with all its deliveries. It cannot be undone; to pause it set `enabled` to false.
            """
        ),
        (
            "postWebhooksByIdRotateSecret",
            """
            The new secret signs from now on, and for 24 hours the one before signs too: `webhook-signature` then \
            holds both, so that a receiver may know either. With `signature` it is signed in another way from now on.
            """
        ),
        (
            "postWebhooksByIdTest",
            """
            An event `webhook.test`, sent while you wait and tried once, also to an endpoint that is off. 200 says \
            that the test was made; `delivered` says whether it was taken.
            """
        ),
        (
            "getWebhooksByIdDeliveries",
            """
            Newest first. They are kept for 30 days after their end (setting `webhooks.delivery_days`).
            """
        ),
        (
            "getWebhooksByIdDeliveriesDelivery",
            """
            With the body and every attempt: when, what was answered, at which step it failed, and how many \
            milliseconds each step took.
            """
        ),
        (
            "postWebhooksByIdDeliveriesDeliveryRedeliver",
            """
            It is sent again with its old `webhook-id`, whether it was taken or not, with all its attempts from \
            the first on.
            """
        ),
        (
            "getWebhooksByIdReplay",
            """
            The number of deliveries that the job would put in line, as things stand. Nothing is sent.
            """
        ),
        (
            "postWebhooksByIdReplay",
            """
            Without `only` everything from `since` to `until` is sent again, also what was taken. `only=missed` may \
            leave `since` out: then it begins where the endpoint was switched off last. Events are kept for 30 days. \
            It is a job: it puts the deliveries in line and says how many; GET tells the number before.
            """
        ),
    ]
}
