import AdminKit
import Identity
import Support
import Web

/// Endpoints that take nothing, and those that were switched off because of it.
enum WebhookAttention {
    @Sendable static func all(_ context: RequestContext) throws -> [Attention] {
        try WebhookStore(context.database).list(descends: true, limit: Int(Webhook.most)).compactMap(attention)
    }

    private static func attention(_ webhook: Webhook) -> Attention? {
        let health = webhook.health
        switch webhook.state {
        case .on, .off: return nil
        case .disabled:
            return entry(
                webhook,
                "\(webhook.host) was switched off and misses events",
                .danger,
                note: health.disabledReason ?? "",
                since: health.disabledAt ?? webhook.updatedAt
            )
        case .failing:
            // A failure or two pass by themselves.
            guard health.probeAt != nil, let since = health.failingSince else { return nil }
            return entry(
                webhook,
                "\(webhook.host) takes no events",
                .warning,
                note: health.lastError ?? "",
                since: since
            )
        }
    }

    private static func entry(
        _ webhook: Webhook,
        _ title: String,
        _ tone: Tone,
        note: String,
        since: Timestamp
    ) -> Attention {
        Attention(
            title,
            tone: tone,
            icon: .hook,
            note: note,
            since: since,
            action: Link("Open", WebhooksPath.webhook(webhook.id).description),
            permission: .readWebhooks,
            place: WebhooksPath.list.description
        )
    }
}
