import Support
import Web

extension Webhook {
    /// The record as the API shows it: never a secret, nor the value of a header.
    func record(previousUntil: Timestamp?) -> JSON {
        [
            "id": .int(id), "url": .string(url), "description": .optional(description),
            "event_types": .array(eventTypes.map(JSON.string)), "enabled": .bool(isEnabled),
            "headers": .object(headerNames.map { JSON.Member($0, .null) }), "rate_limit": .optional(rateLimit),
            "strict_order": .bool(isStrict), "signature": .string(scheme.rawValue), "public_key": .optional(publicKey),
            "state": .string(state.rawValue), "last_triggered_at": .optional(health.lastTriggeredAt),
            "last_response_status": .optional(health.lastResponseStatus),
            "last_response_time_ms": .optional(health.lastResponseTime), "last_error": .optional(health.lastError),
            "consecutive_failures": .int(health.consecutiveFailures), "failing_since": .optional(health.failingSince),
            "next_probe_at": .optional(health.probeAt), "disabled_at": .optional(health.disabledAt),
            "disabled_reason": .optional(health.disabledReason), "previous_secret_until": .optional(previousUntil),
            "version": .int(version), "created_at": .string(createdAt.rfc3339),
            "updated_at": .string(updatedAt.rfc3339),
        ]
    }

    /// Changes with everything that the API shows.
    func entityTag(previousUntil: Timestamp?) -> String {
        let heard = health.lastTriggeredAt?.milliseconds ?? 0
        return "\(id)-\(version)-\(heard)-\(previousUntil?.milliseconds ?? 0)-\(health.disabledAt?.milliseconds ?? 0)"
    }

    /// Holds a change back when the client has seen another version. What was delivered since is no other version:
    /// else an endpoint that is told much could not be changed. Throws 412.
    func requireMatch(_ request: Request) throws(WebError) {
        let versionPrefix = "\"\(id)-\(version)-"
        let names = request.headers.values("If-Match").joined(separator: ",").split(separator: ",")
        if let same = names.map({ String($0).trimmed }).first(where: { $0.hasPrefix(versionPrefix) }) {
            return try request.requireMatch(String(same.dropFirst().dropLast()))
        }
        try request.requireMatch(entityTag(previousUntil: nil))
    }
}

extension Delivery {
    /// Whether a user may have it sent again.
    var canRedeliver: Bool { claimedAt == nil && eventType != Self.testType }

    var record: JSON {
        [
            "id": .int(id), "webhook_id": .int(webhookID), "event_id": .string(eventID),
            "event_type": .string(eventType), "subject": .optional(subject), "status": .string(status.rawValue),
            "attempt": .int(attempt), "next_attempt_at": .optional(nextAttemptAt),
            "in_flight": .bool(claimedAt != nil), "response_status": .optional(responseStatus),
            "response_time_ms": .optional(responseTime), "error": .optional(error),
            "delivered_at": .optional(deliveredAt), "created_at": .string(createdAt.rfc3339),
            "updated_at": .string(updatedAt.rfc3339),
        ]
    }

    /// With what was sent, and every attempt.
    func record(body: String?, attempts: [Attempt]) -> JSON {
        .object(
            (record.members ?? []) + [
                JSON.Member("body", .optional(body)), JSON.Member("attempts", .array(attempts.map(\.record))),
            ]
        )
    }
}

extension Attempt {
    var record: JSON {
        [
            "number": .int(number), "started_at": .string(startedAt.rfc3339), "ended_at": .optional(endedAt),
            "response_status": .optional(responseStatus), "response_time_ms": .optional(responseTime),
            "step": .optional(step), "error": .optional(error), "times": times.isNull ? .object([]) : times,
            "answer": .optional(answer),
        ]
    }
}
