package import AdminKit
import Database
import Identity
import Support
import Web

/// Webhooks tell other systems what happens here.
///
/// An event is written to the outbox in the transaction of the change (`EventStore.publish`). The sender (`Sender`, run
/// by `bodega deliver`) makes deliveries of the events for each endpoint that asked for them and notes, in the same
/// transaction, how far it has read; claims those that are due before it sends them; and writes the outcomes. Killed
/// anywhere, it sends again what was out: each event arrives at least once, and no request leaves without a row that
/// says so. What follows from an outcome stands in `RetryPolicy`; how requests are signed in `Signature`, as Standard
/// Webhooks 1.0 has it.
///
/// Where requests may go is the business of Kit/HTTPClient (`AddressPolicy`) and of the setting
/// `http.allowed_networks`. Secrets and the values of headers are sealed in webhook_secret.
package enum Webhooks {
    /// - Parameter others: the events of the other features.
    package static func feature(_ others: [EventType]) -> Feature {
        let events = (others + WebhookEvents.all).sorted { $0.name < $1.name }
        return Feature {
            $0.routes =
                WebhookPages(events: events).routes + WebhookAPI(events: events).routes
                + DeliveryPages(events: events).routes + DeliveryAPI(events: events).routes
            $0.schemas = { _ in WebhookSchemas.all }
            $0.problemCodes = ProblemCode.webhooks
            $0.migrations = WebhooksSchema.migrations
            $0.jobs = [ReplayJob.description]
            $0.settings = WebhookSettings.all
            $0.commands = [WebhookCommands.command(events)]
            $0.chores = WebhookChores.all
            $0.attention = WebhookAttention.all
            $0.events = WebhookEvents.all
            $0.navigation = [
                NavigationEntry(
                    "Webhooks",
                    path: WebhooksPath.list.description,
                    group: "Operations",
                    permission: .readWebhooks,
                    shortcut: "w",
                    icon: .hook
                )
            ]
            $0.secrets = [.webhooks]
        }
    }
}
