import Database
import HTTPClient
import Support

/// Makes the requests of deliveries: signed, with the endpoint's own headers.
final class DeliveryRequests {
    private let store: WebhookStore
    private var targets: [String: HTTPTarget] = [:]
    /// By endpoint and version; kept for a minute, because a secret also ends by time.
    private var opened: [Int64: Opened] = [:]

    private struct Opened {
        var version: Int64
        var until: Timestamp
        var secrets: [String]
        var headers: [WebhookHeader]
    }

    /// Those that every endpoint gets.
    static let commonHeaders: [(name: String, value: String)] = [
        ("Content-Type", "application/json"), ("User-Agent", "Bodega-Webhooks"),
    ]

    init(_ connection: Connection) {
        store = WebhookStore(connection)
    }

    /// Throws `HTTPError` for an address that cannot be used.
    func make(
        _ delivery: DueDelivery,
        _ webhook: Webhook,
        _ policy: AddressPolicy,
        at now: Timestamp
    ) throws -> HTTPRequest {
        let own = try open(webhook, at: now)
        let body = Array(delivery.body.utf8)
        let signature = Signature.headers(
            id: delivery.eventID,
            seconds: now.milliseconds / 1000,
            body: body,
            secrets: own.secrets
        )
        var limits = HTTPLimits()
        limits.total = Sender.timeout
        limits.body = 64 << 10
        return HTTPRequest(
            "POST",
            try target(webhook.url),
            headers: Self.commonHeaders + own.headers.map { ($0.name, $0.value) } + signature,
            body: body,
            limits: limits,
            policy: policy
        )
    }

    private func target(_ url: String) throws -> HTTPTarget {
        if let known = targets[url] { return known }
        do throws(HTTPTargetFault) {
            let target = try HTTPTarget(url)
            if targets.count >= 1000 { targets = [:] }
            targets[url] = target
            return target
        } catch {
            throw HTTPError(.name, error.description)
        }
    }

    private func open(_ webhook: Webhook, at now: Timestamp) throws -> Opened {
        if let known = opened[webhook.id], known.version == webhook.version, now < known.until { return known }
        let fresh = Opened(
            version: webhook.version,
            until: now.adding(seconds: 60),
            secrets: try store.signingSecrets(webhook.id, at: now),
            headers: try store.headers(webhook.id, at: now)
        )
        opened[webhook.id] = fresh
        return fresh
    }
}
