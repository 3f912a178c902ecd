import AdminKit
import Database
import HTTPClient
import Identity
import IdentityTestSupport
import Jobs
import Support
import TestSupport
import Web

@testable import Webhooks

/// A house with the tables of webhooks, a sender whose requests a test answers, and events to tell.
final class WebhookHouse {
    private let folder: TemporaryFolder
    let house: TestHouse
    let transport = StandIn()
    let feature = Webhooks.feature([])

    init() throws {
        folder = try TemporaryFolder()
        let migrations = IdentitySchema.migrations + JobsSchema.migrations + WebhooksSchema.migrations
        house = try TestHouse(
            migrations: migrations,
            database: try Connection(path: folder.file("bodega.db"), role: .web)
        )
    }

    var database: Connection { house.database }
    var deliveries: DeliveryListStore { DeliveryListStore(database) }

    /// Carries nothing: a test says how each request ends.
    final class StandIn: DeliveryTransport {
        /// Out, in the order in which they were sent.
        var out: [(tag: Int64, request: HTTPRequest)] = []
        var sent: [HTTPRequest] = []
        /// How a request ends at once; nil leaves it out.
        var answer: (HTTPRequest) -> HTTPOutcome? = { _ in WebhookHouse.answered(204) }

        var count: Int { out.count }

        func add(_ request: HTTPRequest, tag: Int64) {
            sent.append(request)
            out.append((tag, request))
        }

        func step(waiting milliseconds: Int) -> [(tag: Int64, outcome: HTTPOutcome)] {
            let all = out
            out = []
            return all.compactMap { tag, request in
                guard let outcome = answer(request) else {
                    out.append((tag, request))
                    return nil
                }
                return (tag, outcome)
            }
        }
    }

    static func answered(_ status: Int, _ headers: [HTTPAnswer.Header] = []) -> HTTPOutcome {
        HTTPOutcome(.success(HTTPAnswer(status: status, headers: headers)), times: HTTPTimes(answer: 5, total: 5))
    }

    /// A sender as it begins.
    func sender() -> Sender {
        Sender(
            database,
            environment: house.environment,
            configuration: Configuration(database, overrides: .none),
            log: Log(component: "deliver", threshold: .error),
            transport: transport
        )
    }

    @discardableResult
    func add(
        _ url: String = "https://erp.example/hooks",
        _ types: [String] = ["*"],
        rate: Int64? = nil,
        isStrict: Bool = false
    ) throws -> Webhook {
        var draft = WebhookDraft()
        (draft.url, draft.eventTypes, draft.rateLimit, draft.isStrict) = (url, types, rate, isStrict)
        return try WebhookStore(database).create(draft, house.environment, context: house.context).webhook
    }

    func turn(_ id: Int64, isOn: Bool) throws {
        _ = try WebhookStore(database).update(id, house.environment, context: house.context) { _, draft in
            var draft = draft
            draft.isEnabled = isOn
            return draft
        }
    }

    /// How many deliveries a replay is to send, and, when it is performed, how many it has sent for the first time and
    /// again.
    /// - Parameter dies: how many attempts end after one page.
    func replay(
        _ id: Int64,
        _ which: ReplayRange.Which,
        since: Timestamp?,
        until: Timestamp,
        performs: Bool = true,
        dies: Int = 0
    ) throws -> [Int64] {
        let webhook = try webhook(id)
        let range = ReplayRange(which: which, since: since, until: until)
        let count = try ReplayStore(database, webhook, range).count()
        guard performs else { return [count] }
        let order = ReplayJob.order(ReplayJob.options(webhook, range))
        let now = house.clock.now
        let publicID = house.environment.makeUUID()
        var job = try JobStore(database).addClaimed(order, publicID: publicID, now: now)
        for _ in 0..<dies {
            let run = JobRun(job, connection: database, environment: house.environment, scratch: "/tmp")
            var (pages, taken) = (0, Job?.none)
            // Another worker has it after the second commit: this one writes nothing more.
            run.observe = { [self] _ in
                pages += 1
                guard pages == 2 else { return }
                house.clock.advance(seconds: JobStore.leaseSeconds + 1)
                taken = try? JobStore(database).find(job.id).flatMap { found in
                    try JobStore(database).claim(found, now: house.clock.now)
                }
            }
            do { try ReplayJob.description.kind.run(run) } catch JobError.fenced {}
            guard let taken else { throw TestFailure("the job cannot be taken over") }
            job = taken
        }
        let run = JobRun(job, connection: database, environment: house.environment, scratch: "/tmp")
        try ReplayJob.description.kind.run(run)
        guard let ended = try JobStore(database).find(job.id), ended.status == .completed, ended.books.balances else {
            throw TestFailure("the replay did not end well")
        }
        return [count, ended.books.created, ended.books.updated]
    }

    /// Tells of a product.
    @discardableResult
    func tell(_ type: String = "product.updated", _ subject: Int = 7) throws -> String {
        try database.write {
            try OutboxStore(database).append(type, subject: String(subject), data: ["id": .int(subject)], house.context)
        }
    }

    /// Goes on until nothing more happens by itself.
    func run(_ sender: Sender, rounds: Int = 20) throws {
        for _ in 0..<rounds { try sender.step(waiting: 0) }
    }

    /// Goes on until that is so; gives up after a minute.
    func run(_ sender: Sender, until isDone: () throws -> Bool) throws {
        let end = monotonicNanoseconds() + 60_000_000_000
        while try !isDone() {
            guard monotonicNanoseconds() < end else { throw TestFailure("it does not come to that") }
            try run(sender, rounds: 5)
        }
    }

    func webhook(_ id: Int64) throws -> Webhook {
        guard let webhook = try WebhookStore(database).find(id) else { throw TestFailure("webhook \(id) is gone") }
        return webhook
    }

    func all(_ webhook: Int64) throws -> [Delivery] {
        try deliveries.list(webhook, DeliveryFilter(), descends: false, limit: 1000)
    }
}
