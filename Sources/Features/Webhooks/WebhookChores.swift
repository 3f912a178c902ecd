import AdminKit
import Identity
import Jobs
import Support

/// What the runner keeps in order for webhooks.
enum WebhookChores {
    @Sendable static func all(_ house: ChoreSurroundings) -> [JobChore] {
        let (connection, configuration) = (house.connection, house.configuration)
        return [
            JobChore("removing old deliveries of webhooks", everySeconds: 600, isRetention: true) { now in
                let days = try configuration.value(WebhookSettings.deliveryDays)
                return try DeliveryListStore(connection).prune(before: now.adding(seconds: -days * 86_400)) > 0
            }
        ]
    }
}
