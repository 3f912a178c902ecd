import AdminKit
import Database
import Identity
import Jobs
import Support
import Web

/// `bodega webhook list|create|test|replay`.
enum WebhookCommands {
    private static let help = [
        "list [--json]",
        "create URL --event TYPE [--event TYPE …] [--description TEXT] [--rate N] [--signature v1|v1a] [--strict]",
        "       [--json]",
        "test ID [--json]",
        "replay ID [--since TIME] [--until TIME] [--only failed|missed] [--json]",
        "events [--json]",
        "create prints the secret that signs what is sent and nothing else; it cannot be shown again. With v1a it is",
        "the public key that checks it. Events may be patterns: 'product.*', '*'. test sends a signed request now; it",
        "ends with 2 when that was not taken. replay asks for a job that the server does; without --since it sends",
        "what was missed since the webhook was switched off. events lists what can be told,",
        "with --json its schemas too.",
        "Times are days (2026-11-25, UTC) or moments (2026-11-25T08:00:00Z).",
    ]

    static func command(_ events: [EventType]) -> FeatureCommand {
        FeatureCommand("webhook", "list, create and test webhooks; send events again", help: help) { arguments, house in
            let actions = WebhookActions(
                house.database,
                house.environment,
                Configuration(house.database, overrides: .process),
                events
            )
            do {
                switch try arguments.next("list, create, test, replay or events") {
                case "events": return try types(&arguments, events, house.out)
                case "list": return try list(&arguments, actions, house.out)
                case "create": return try create(&arguments, actions, house.out)
                case "test": return try test(&arguments, actions, house.out)
                case "replay": return try replay(&arguments, actions, house.out)
                case let word:
                    throw UsageError("bodega webhook has no '\(word)', only list, create, test, replay and events.")
                }
            } catch let error as WebError {
                throw WebhookCommandError(description: error.problems.map(\.detail).first ?? error.detail)
            }
        }
    }

    private static func types(
        _ arguments: inout Arguments,
        _ events: [EventType],
        _ out: (String) -> Void
    ) throws -> Int32 {
        let asJSON = arguments.flag("json")
        try arguments.finish()
        if asJSON {
            out(JSON.array(WebhookAPI.types(events)).text)
        } else {
            for event in events { out("\(event.name)  \(event.summary)") }
        }
        return 0
    }

    private static func context(_ actions: WebhookActions) -> WriteContext {
        WriteContext(actor: .system, now: actions.environment.now())
    }

    private static func list(
        _ arguments: inout Arguments,
        _ actions: WebhookActions,
        _ out: (String) -> Void
    ) throws -> Int32 {
        let asJSON = arguments.flag("json")
        try arguments.finish()
        let all = try actions.store.list(descends: false, limit: Int(Webhook.most))
        if asJSON {
            let now = actions.environment.now()
            let records = try all.map { $0.record(previousUntil: try actions.store.previousUntil($0.id, at: now)) }
            out(JSON.array(records).text)
            return 0
        }
        for webhook in all {
            let last = webhook.health.lastTriggeredAt.map { "last \($0.rfc3339)" } ?? "never told"
            let error = webhook.health.lastError.map { "  \($0)" } ?? ""
            let types = webhook.eventTypes.joined(separator: ",")
            out("\(webhook.id)  \(webhook.state.rawValue)  \(webhook.url)  \(types)  \(last)\(error)")
        }
        return 0
    }

    private static func create(
        _ arguments: inout Arguments,
        _ actions: WebhookActions,
        _ out: (String) -> Void
    ) throws -> Int32 {
        let asJSON = arguments.flag("json")
        let types = try arguments.options("event")
        let description = try arguments.option("description")
        let rate = try arguments.int("rate", in: 1...Int(WebhookDraft.mostRate))
        let scheme = try arguments.option("signature") ?? Signature.Scheme.shared.rawValue
        let isStrict = arguments.flag("strict")
        let url = try arguments.next("The address")
        try arguments.finish()
        guard !types.isEmpty else { throw UsageError("--event is missing; it takes a type of event or a pattern.") }
        let body: JSON = [
            "url": .string(url), "event_types": .array(types.map(JSON.string)), "description": .optional(description),
            "rate_limit": .optional(rate), "signature": .string(scheme), "strict_order": .bool(isStrict),
        ]
        let (webhook, secret) = try actions.create(context(actions)) { reading in
            reading.read(body, replaces: true, record: nil)
        }
        guard asJSON else {
            out(secret ?? webhook.publicKey ?? "")
            return 0
        }
        let members = (webhook.record(previousUntil: nil).members ?? []) + [JSON.Member("secret", .optional(secret))]
        out(JSON.object(members).text)
        return 0
    }

    private static func webhook(_ arguments: inout Arguments, _ actions: WebhookActions) throws -> Webhook {
        guard let id = Int64(try arguments.next("The webhook's number")) else {
            throw UsageError("The webhook is named by the number that 'bodega webhook list' shows.")
        }
        return try actions.find(id)
    }

    private static func test(
        _ arguments: inout Arguments,
        _ actions: WebhookActions,
        _ out: (String) -> Void
    ) throws -> Int32 {
        let asJSON = arguments.flag("json")
        let webhook = try webhook(&arguments, actions)
        try arguments.finish()
        let answer = TestAnswer(try actions.test(webhook).outcome)
        if asJSON {
            out(answer.json.text)
        } else {
            let what = answer.error ?? "Delivered: the endpoint answered \(answer.status.map(String.init) ?? "")."
            out("\(what) It took \(answer.milliseconds) ms.")
        }
        return answer.error == nil ? 0 : 2
    }

    private static func replay(
        _ arguments: inout Arguments,
        _ actions: WebhookActions,
        _ out: (String) -> Void
    ) throws -> Int32 {
        let asJSON = arguments.flag("json")
        var query = Fields()
        for name in TimeRange.parameters + ["only"] {
            if let text = try arguments.option(name) { query.append(name, text) }
        }
        let webhook = try webhook(&arguments, actions)
        try arguments.finish()
        if query.isEmpty { query.append("only", ReplayRange.Which.missed.rawValue) }
        let writer = context(actions)
        let range = try actions.range(webhook, query, until: writer.now)
        let (job, count) = try actions.replay(webhook, range, userID: nil, writer)
        if asJSON {
            out((["deliveries": .int(count), "job_id": .string(job.publicID)] as JSON).text)
        } else {
            out("\(count) deliveries will be sent by the job \(job.publicID).")
        }
        return 0
    }
}

/// Why a command could not do what it was told: one sentence for the person at the terminal.
struct WebhookCommandError: Error, CustomStringConvertible {
    let description: String
}
