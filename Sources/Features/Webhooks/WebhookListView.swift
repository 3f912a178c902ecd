import AdminKit
import Identity
import Markup
import Support
import Web

/// The list of endpoints.
enum WebhookListView {
    struct Row {
        var webhook: Webhook
        var hours: [DeliveryListStore.Hour]
    }

    static func html(_ rows: [Row], _ pagination: Pagination, in shell: Shell) -> HTML {
        let new = Link("New webhook", WebhooksPath.new.description)
        let mayWrite = shell.allows(.writeWebhooks)
        return Page(
            "Webhooks",
            actions: mayWrite ? new.button(.primary, key: "n") : "",
            content: rows.isEmpty
                ? EmptyState(
                    "No webhooks yet",
                    "A webhook tells another system, such as an ERP, at once when products change or imports end.",
                    action: mayWrite ? new.button(.primary) : ""
                ).html : "\(table(rows))\(pagination.html)"
        ).html(in: shell)
    }

    private static func table(_ rows: [Row]) -> HTML {
        Table(
            "Webhooks",
            columns: [
                Column<Row>("Webhook", style: "wide", isRowHeading: true) { row in
                    """
                    <a href="\(WebhooksPath.webhook(row.webhook.id).description)">\(row.webhook.host)</a>\
                    <span class="row-note">\(row.webhook.description ?? row.webhook.url)</span>
                    """
                },
                Column("State") { state($0.webhook).html },
                Column("Last delivery", style: "nowrap") { last($0.webhook) },
                Column("Last answer") { answer($0.webhook) },
                Column("24 hours") { Sparkline.html($0.hours) },
            ],
            rows: rows,
            style: "people"
        ).html
    }

    /// How an endpoint stands.
    static func state(_ webhook: Webhook) -> StatusBadge {
        switch webhook.state {
        case .on: StatusBadge("On", .success)
        case .failing: StatusBadge("Failing", .danger)
        case .off: StatusBadge("Off", .neutral)
        case .disabled: StatusBadge("Switched off by Bodega", .warning)
        }
    }

    private static func last(_ webhook: Webhook) -> HTML { Time.html(webhook.health.lastTriggeredAt) }

    private static func answer(_ webhook: Webhook) -> HTML {
        let health = webhook.health
        guard health.lastTriggeredAt != nil else { return .absent }
        let time = Format.duration(milliseconds: health.lastResponseTime ?? 0)
        if let error = health.lastError { return "\(error)<span class=\"row-note\">\(time)</span>" }
        return "\(health.lastResponseStatus.map(String.init) ?? "")<span class=\"row-note\">\(time)</span>"
    }
}

/// Attempts of the last 24 hours, an hour a bar: those that were taken, and on them those that were not.
enum Sparkline {
    private static let height: Int64 = 24

    static func html(_ hours: [DeliveryListStore.Hour]) -> HTML {
        let taken = hours.reduce(0) { $0 + $1.taken }
        let failed = hours.reduce(0) { $0 + $1.failed }
        guard taken + failed > 0 else { return .absent }
        let most = max(1, hours.map { $0.taken + $0.failed }.max() ?? 1)
        let words = "\(Format.integer(taken)) taken, \(Format.integer(failed)) not"
        return """
            <svg class="delivery-bars" width="96" height="24" viewBox="0 0 96 24" role="img" aria-label="\(words)">\
            \(each: Array(hours.enumerated()), { bar($0.offset, $0.element, most) })</svg>\
            <span class="row-note">\(words)</span>
            """
    }

    private static func bar(_ index: Int, _ hour: DeliveryListStore.Hour, _ most: Int64) -> HTML {
        let taken = hour.taken * height / most
        let failed = hour.failed * height / most
        func rect(_ tone: String, _ y: Int64, _ size: Int64) -> HTML {
            "<rect class=\"\(tone)\" x=\"\(index * 4)\" y=\"\(y)\" width=\"3\" height=\"\(size)\"/>"
        }
        let isTaken = hour.taken > 0
        let isFailed = hour.failed > 0
        let good = max(isTaken ? 1 : 0, taken)
        let bad = max(isFailed ? 1 : 0, failed)
        return """
            \(if: isTaken, rect("taken", height - good, good))\
            \(if: isFailed, rect("failed", max(0, height - good - bad), bad))
            """
    }
}
