import AdminKit
import Identity
import Markup
import Support
import Web

/// What the page of a delivery shows.
struct DeliveryModel {
    var webhook: Webhook
    var delivery: Delivery
    /// What is sent.
    var body: String?
    var attempts: [Attempt]
    /// The last request, signed; nil for those who may not send one.
    var request: ShownRequest?
}

/// The page of one delivery.
enum DeliveryView {
    static func html(_ model: DeliveryModel, in shell: Shell) -> HTML {
        let (webhook, delivery) = (model.webhook, model.delivery)
        let canSend = delivery.canRedeliver && webhook.isEnabled && shell.allows(.writeWebhooks)
        let again = WebhooksPath.redeliver(webhook.id, delivery.id).description
        return Page(
            delivery.eventType == Delivery.testType ? "Test" : delivery.eventType,
            parent: Link(webhook.host, WebhooksPath.webhook(webhook.id).description),
            badge: state(delivery),
            actions: canSend ? Form.button("Send again", action: again, csrf: shell.csrf) : "",
            refreshSeconds: delivery.claimedAt == nil ? nil : 3,
            content: """
                \(result(delivery))
                <section class="stack" aria-labelledby="attempts"><h2 id="attempts">Attempts</h2>
                \(if: model.attempts.isEmpty, "<p>It was not sent yet.</p>")
                \(if: !model.attempts.isEmpty, table(model.attempts))
                </section>
                <div class="cols even">
                <section class="stack" aria-labelledby="sent"><h2 id="sent">Request</h2>
                <dl class="facts">
                <div><dt>Identifier</dt><dd class="code">\(delivery.eventID)</dd></div>
                <div><dt>Address</dt><dd class="code">\(webhook.url)</dd></div>
                </dl>
                <pre class="log" tabindex="0" role="group" aria-label="Request as it is sent">\
                \(model.request?.text ?? model.body ?? "")</pre>
                \(model.request.map(command))
                </section>
                <section class="stack" aria-labelledby="answer"><h2 id="answer">Answer</h2>
                \(lastAnswer(model))
                \(each: model.attempts.dropLast().filter { $0.answer != nil }, answer)
                </section>
                </div>
                """
        ).html(in: shell)
    }

    private static func result(_ delivery: Delivery) -> HTML? {
        if delivery.claimedAt != nil { return Banner(.info, "A request is out.").html }
        let time = Format.duration(milliseconds: delivery.responseTime ?? 0)
        switch delivery.status {
        case .pending: return Banner(.neutral, "It waits to be sent.").html
        case .delivered:
            let answer = delivery.responseStatus.map { "The endpoint answered \($0)" } ?? "It was taken"
            return Banner(.success, "Delivered.", more: " \(answer) in \(time).").html
        case .failed:
            let next: HTML? = delivery.nextAttemptAt.map { " It is tried again at \(Time($0, seconds: true).html)." }
            return Banner(.warning, "Not taken.", more: " \(delivery.error ?? "")\(next)").html
        case .exhausted:
            return Banner(.danger, "Not delivered.", more: " \(delivery.error ?? "") It took \(time).").html
        }
    }

    private static func table(_ attempts: [Attempt]) -> HTML {
        Table(
            "Attempts of this delivery",
            columns: [
                Column<Attempt>("Attempt", isRowHeading: true) { HTML(escaping: Format.integer($0.number)) },
                Column("When", style: "nowrap") { Time.html($0.startedAt, seconds: true) },
                Column("Result", style: "wide") { outcome($0) },
                .number("Took") {
                    $0.responseTime.map { HTML(escaping: Format.duration(milliseconds: $0)) } ?? .absent
                },
                Column("Steps") { steps($0) },
            ],
            rows: attempts,
            narrow: .scrolling
        ).html
    }

    private static func outcome(_ attempt: Attempt) -> HTML {
        if let error = attempt.error { return HTML(escaping: error) }
        guard attempt.endedAt != nil else { return "Under way" }
        return "Answered \(attempt.responseStatus.map { String($0) } ?? "")"
    }

    /// How long each step took.
    private static func steps(_ attempt: Attempt) -> HTML {
        let names = [("name", "name"), ("connect", "connection"), ("tls", "encryption"), ("answer", "answer")]
        var (before, parts): (Int64, [String]) = (0, [])
        for (key, word) in names {
            guard let time = attempt.times[key]?.intValue else { continue }
            parts.append("\(word) \(max(0, time - before)) ms")
            before = time
        }
        return HTML.text(parts.joined(separator: ", "))
    }

    private static func command(_ request: ShownRequest) -> HTML {
        let hidden = ShownRequest.hidden
        let isComplete = !request.headers.contains { $0.value == hidden }
        return """
            <details><summary>As a curl command</summary>
            \(if: !isComplete, "<p class=\"quiet\">Put the values in where \(hidden) stands.</p>")
            <div class="secret" data-copy><label for="curl">Command</label>
            <textarea class="input code" id="curl" rows="8" readonly spellcheck="false">
            \(request.command)</textarea></div></details>
            """
    }

    /// What came back for the last request.
    private static func lastAnswer(_ model: DeliveryModel) -> HTML {
        guard let last = model.attempts.last, last.endedAt != nil else { return "<p class=\"quiet\">None yet.</p>" }
        let time = Format.duration(milliseconds: last.responseTime ?? 0)
        let status = last.responseStatus.map { String($0) } ?? "None"
        let kept: HTML =
            last.answer.map {
                "<pre class=\"log\" tabindex=\"0\" role=\"group\" aria-label=\"Answer as it came\">\($0)</pre>"
            }
            ?? "<p class=\"quiet\">Nothing of a body is kept: there was none, or the address is not public.</p>"
        return """
            <dl class="facts">
            <div><dt>Status</dt><dd>\(status)</dd></div>
            <div><dt>Took</dt><dd>\(time)</dd></div>
            \(last.error.map { "<div><dt>Problem</dt><dd>\($0)</dd></div>" })
            </dl>
            \(kept)
            """
    }

    private static func answer(_ attempt: Attempt) -> HTML {
        """
        <details><summary>Answer to attempt \(attempt.number)</summary><pre class="log">\(attempt.answer ?? "")</pre>\
        </details>

        """
    }

    // MARK: States

    static func words(_ status: Delivery.Status) -> String {
        switch status {
        case .pending: "Waiting"
        case .delivered: "Delivered"
        case .failed: "Will be tried again"
        case .exhausted: "Given up"
        }
    }

    static func state(_ delivery: Delivery) -> HTML {
        if delivery.claimedAt != nil { return StatusBadge("Under way", .info).html }
        let tone: Tone =
            switch delivery.status {
            case .pending: .neutral
            case .delivered: .success
            case .failed: .warning
            case .exhausted: .danger
            }
        let code = delivery.responseStatus.map { ", \($0)" } ?? ""
        return StatusBadge(words(delivery.status) + code, tone).html
    }
}
