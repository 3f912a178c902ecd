import AdminKit
import Database
import Identity
import Jobs
import Support

/// Sends events again, of one endpoint or of all that are on, as a job: a page of events in a transaction.
enum ReplayJob {
    static let kind = "webhook_replay"

    static let description = JobDescription(
        JobKind(kind, lane: "webhooks", order: order, keptDays: 90) { run in try ReplayRun(run).perform() },
        title: "Webhook replay",
        inspecting: JobPermissions(.readWebhooks),
        acting: JobPermissions(.writeWebhooks),
        // It cannot be taken back; the routes for that ask for this anyway.
        undoing: JobPermissions(.undoImports),
        scheduling: JobScheduling(
            "Sends events again to every webhook that is on.",
            parameters: [
                .init(
                    "only",
                    "Which",
                    choices: [
                        .init(ReplayRange.Which.failed.rawValue, "Sent and not taken"),
                        .init(ReplayRange.Which.missed.rawValue, "Never sent"),
                    ]
                ),
                .init(
                    "last",
                    "Of the last",
                    choices: [.init("day", "24 hours"), .init("week", "7 days"), .init("month", "30 days")]
                ),
            ]
        )
    )

    private static let days = ["day": Int64(1), "week": 7, "month": 30]

    /// What a schedule asks for, or a user who wants the same once more.
    @Sendable static func order(_ options: JSON) -> JobStore.Order {
        let place = options["host"]?.stringValue.map { " to \($0)" } ?? ""
        return JobStore.Order(kind: kind, displayName: "Events sent again\(place)", options: options)
    }

    /// What a user asks for of one endpoint.
    static func options(_ webhook: Webhook, _ range: ReplayRange) -> JSON {
        [
            "webhook_id": .int(webhook.id), "host": .string(webhook.host), "only": .string(range.which.rawValue),
            "since": .optional(range.since), "until": .string(range.until.rfc3339),
        ]
    }

    /// The endpoint that options name; nil for all.
    static func webhook(_ options: JSON) -> Int64? { options["webhook_id"]?.intValue }

    static func range(_ options: JSON, askedAt: Timestamp) -> ReplayRange {
        func time(_ name: String) -> Timestamp? { options[name]?.stringValue.flatMap(Timestamp.init(rfc3339:)) }
        let last = options["last"]?.stringValue.flatMap { days[$0] }
        return ReplayRange(
            which: options["only"]?.stringValue.flatMap(ReplayRange.Which.init) ?? .failed,
            since: time("since") ?? last.map { askedAt.adding(seconds: -$0 * 86_400) },
            until: time("until") ?? askedAt
        )
    }
}

/// One replay under way. Killed anywhere it goes on behind the last page; what was put in line twice is sent once, for
/// an event has one delivery to an endpoint.
private struct ReplayRun {
    private let run: JobRun
    private let range: ReplayRange
    private let webhooks: WebhookStore

    init(_ run: JobRun) {
        self.run = run
        range = ReplayJob.range(run.job.options, askedAt: run.job.createdAt)
        webhooks = WebhookStore(run.connection)
    }

    /// Of one endpoint first those that there are, then those that there are none of.
    private enum Phase: String {
        case kept, missed
    }

    func perform() throws {
        let all = try endpoints()
        if run.job.checkpoint == nil {
            let total = try all.reduce(0) { $0 + (try store($1).count()) }
            try run.batch { state in
                state.stage = "sending"
                state.books.total = total
                state.checkpoint = ["webhook": 0, "phase": "kept", "last": 0]
            }
        }
        let (first, begun) = (run.state.checkpoint?["webhook"]?.intValue ?? 0, run.state.checkpoint?["phase"])
        // In the order of their numbers, which the checkpoint relies on.
        for webhook in all where webhook.id >= first {
            let isBegun = webhook.id == first
            if range.which != .missed, !(isBegun && begun?.stringValue == Phase.missed.rawValue) {
                try sendKept(webhook)
            }
            if range.which != .failed { try sendMissed(webhook) }
        }
        let books = run.state.books
        try run.log("\(books.updated) deliveries are sent again, \(books.created) for the first time.")
        try run.finish(
            .completed,
            result: ["again": .int(books.updated), "first": .int(books.created), "under_way": .int(books.skipped)]
        )
    }

    private func endpoints() throws -> [Webhook] {
        guard let id = ReplayJob.webhook(run.job.options) else { return try webhooks.enabled() }
        guard let webhook = try webhooks.find(id) else { throw JobError.failed("The webhook was removed.") }
        guard webhook.isEnabled else {
            throw JobError.failed("The webhook is switched off. Switch it on, then retry.")
        }
        return [webhook]
    }

    /// One that is asked for of all endpoints sends none what happened before it was there.
    private func store(_ webhook: Webhook) -> ReplayStore {
        var range = range
        if ReplayJob.webhook(run.job.options) == nil, let since = range.since {
            range.since = max(since, webhook.createdAt)
        }
        return ReplayStore(run.connection, webhook, range)
    }

    /// Where the last attempt has stopped.
    private func place(_ webhook: Webhook, _ phase: Phase) -> Int64 {
        guard let checkpoint = run.state.checkpoint, checkpoint["webhook"]?.intValue == webhook.id,
            checkpoint["phase"]?.stringValue == phase.rawValue
        else { return 0 }
        return checkpoint["last"]?.intValue ?? 0
    }

    private func checkpoint(_ webhook: Webhook, _ phase: Phase, _ last: Int64) -> JSON {
        ["webhook": .int(webhook.id), "phase": .string(phase.rawValue), "last": .int(last)]
    }

    private func sendKept(_ webhook: Webhook) throws {
        let store = store(webhook)
        var last = place(webhook, .kept)
        while true {
            let ids = try store.keptPage(after: last)
            guard let end = ids.last else { return }
            try run.batch { state in
                let sent = try DeliveryListStore(run.connection).again(ids, at: run.environment.now())
                state.books.updated += Int64(sent)
                state.books.skipped += Int64(ids.count - sent)
                note(ids.count, &state)
                state.checkpoint = checkpoint(webhook, .kept, end)
            }
            last = end
        }
    }

    private func sendMissed(_ webhook: Webhook) throws {
        let store = store(webhook)
        let start = place(webhook, .missed)
        var cursor = start > 0 ? OutboxStore.Cursor(number: start) : nil
        while let found = try store.missed(after: cursor) {
            let entries = try store.entries(of: found.events, after: cursor)
            try run.batch { state in
                let added = try entries.count { entry in
                    try DeliveryStore(run.connection).add(entry, to: webhook.id, at: run.environment.now())
                }
                state.books.created += Int64(added)
                state.books.unchanged += Int64(entries.count - added)
                note(entries.count, &state)
                state.checkpoint = checkpoint(webhook, .missed, found.last.number)
            }
            cursor = found.last
        }
    }

    /// What came to be since it was counted counts too.
    private func note(_ count: Int, _ state: inout JobRun.State) {
        state.books.processed += Int64(count)
        state.books.total = max(state.books.total, state.books.processed)
    }
}
