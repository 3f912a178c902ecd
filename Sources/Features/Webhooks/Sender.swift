package import Database
import HTTPClient
package import Identity
package import Support

/// What carries requests: libcurl, or a test's stand-in.
protocol DeliveryTransport: AnyObject {
    /// How many are under way.
    var count: Int { get }
    func add(_ request: HTTPRequest, tag: Int64)
    func step(waiting milliseconds: Int) -> [(tag: Int64, outcome: HTTPOutcome)]
}

extension HTTPClient: DeliveryTransport {}

/// Sends deliveries: one thread, one connection to the database, any number of requests at a time.
///
/// Nothing leaves before it stands in the database as an attempt; what is out when this process is killed is sent again
/// by the next one. So an event arrives at least once, and each arrival has its row.
package final class Sender {
    /// Requests that are out at a time.
    static let most = 256
    /// Of one endpoint: what a dead one can hold up.
    static let mostPerEndpoint = 16
    /// Of one that has failed last.
    static let mostWhileFailing = 2
    /// Outcomes wait this long for others, so that many are written at once. Nanoseconds.
    private static let gathering: UInt64 = 40_000_000
    /// How long an endpoint may take for an answer. Milliseconds.
    static let timeout = 15_000

    private let connection: Connection
    private let environment: Environment
    private let configuration: Configuration
    private let log: Log
    private let transport: any DeliveryTransport
    private let requests: DeliveryRequests
    private let store: DeliveryStore

    /// Claimed and out, by the delivery.
    private var out: [Int64: (delivery: DueDelivery, startedAt: Timestamp)] = [:]
    private var ended: [DeliveryStore.Result] = []
    private var firstEnded: UInt64 = 0
    /// How many requests each endpoint may still get in this second.
    private var allowances: [Int64: (second: Int64, left: Int64)] = [:]
    /// Where the turn of endpoints begins.
    private var turn = 0
    private var content: ContentVersion?
    private var nextLook: UInt64 = 0
    private var nextTests: UInt64 = 0

    init(
        _ connection: Connection,
        environment: Environment,
        configuration: Configuration,
        log: Log,
        transport: any DeliveryTransport
    ) {
        self.connection = connection
        self.environment = environment
        self.configuration = configuration
        self.log = log
        self.transport = transport
        requests = DeliveryRequests(connection)
        store = DeliveryStore(connection)
    }

    /// Throws where libcurl is not there.
    package convenience init(
        _ connection: Connection,
        environment: Environment,
        configuration: Configuration,
        log: Log
    ) throws {
        let client = try HTTPClient()
        self.init(connection, environment: environment, configuration: configuration, log: log, transport: client)
    }

    /// Takes up what an earlier sender has left. Call once, when no other one runs.
    package func start() throws {
        let now = environment.now()
        let count = try store.recover(claimedBefore: now, tests: false, at: now)
        if count > 0 { log.info("requests that were out are sent again", ["count": "\(count)"]) }
    }

    /// One round: new events, claims, a piece of sending, outcomes.
    /// - Parameter milliseconds: how long it may wait when there is nothing else to do.
    package func step(waiting milliseconds: Int) throws {
        try look()
        for (tag, outcome) in transport.step(waiting: out.isEmpty ? 0 : milliseconds) { note(tag, outcome) }
        try write(isLast: false)
        if out.isEmpty, ended.isEmpty, content != nil { sleep(milliseconds: milliseconds) }
    }

    /// Ends: nothing new is begun, what is out may come home for a while.
    /// - Parameter milliseconds: for how long.
    package func finish(within milliseconds: Int) throws {
        let end = monotonicNanoseconds() + UInt64(max(0, milliseconds)) * 1_000_000
        while !out.isEmpty, monotonicNanoseconds() < end {
            for (tag, outcome) in transport.step(waiting: 50) { note(tag, outcome) }
        }
        try write(isLast: true)
    }

    /// Looks at the clock anew with the next round, as a while without changes does.
    func refresh() { content = nil }

    // MARK: What there is to do

    /// Looks for events and due deliveries: when something has changed, when something has come home, and once in a
    /// while, because time makes deliveries due.
    private func look() throws {
        let clock = monotonicNanoseconds()
        let present = try connection.contentVersion()
        guard present != content || clock >= nextLook else { return }
        if clock >= nextTests {
            let now = environment.now()
            _ = try store.recover(claimedBefore: now.adding(seconds: -60), tests: true, at: now)
            nextTests = clock + 30_000_000_000
        }
        let read = try store.fanOut(at: environment.now())
        let claimed = try claim()
        nextLook = clock + 200_000_000
        // What was done here is no news, unless it may have left something over.
        content = read == 0 && claimed == 0 ? present : nil
    }

    private func claim() throws -> Int {
        let now = environment.now()
        let endpoints = try WebhookStore(connection).enabled()
        guard !endpoints.isEmpty, out.count < Self.most else { return 0 }
        turn = (turn + 1) % endpoints.count
        var chosen: [DueDelivery] = []
        var byID: [Int64: Webhook] = [:]
        let share = max(1, (Self.most - out.count) / endpoints.count)
        for webhook in endpoints[turn...] + endpoints[..<turn] {
            byID[webhook.id] = webhook
            let room = min(share, try room(webhook, at: now), Self.most - out.count - chosen.count)
            if room > 0 { chosen += try choose(webhook, room, at: now) }
        }
        guard !chosen.isEmpty else { return 0 }
        // Whatever may fail comes before the claim.
        let policy = try WebhookSettings.policy(configuration)
        let claimed = try store.claim(chosen, at: now)
        for delivery in claimed {
            guard let webhook = byID[delivery.webhookID] else { continue }
            out[delivery.id] = (delivery, now)
            send(delivery, webhook, policy, at: now)
        }
        return claimed.count
    }

    /// How many requests an endpoint may get now.
    private func room(_ webhook: Webhook, at now: Timestamp) throws -> Int {
        let busy = out.values.reduce(0) { $0 + ($1.delivery.webhookID == webhook.id ? 1 : 0) }
        if let probe = webhook.health.probeAt { return probe <= now && busy == 0 ? 1 : 0 }
        var room = (webhook.health.consecutiveFailures > 0 ? Self.mostWhileFailing : Self.mostPerEndpoint) - busy
        if let rate = webhook.rateLimit {
            let second = now.milliseconds / 1000
            var allowance = allowances[webhook.id] ?? (second, rate)
            if allowance.second != second { allowance = (second, rate) }
            room = min(room, Int(clamping: allowance.left))
            allowances[webhook.id] = allowance
        }
        return room
    }

    /// Of each subject the first only, and none of which a request is out, so that news of one thing keep their order.
    private func choose(_ webhook: Webhook, _ room: Int, at now: Timestamp) throws -> [DueDelivery] {
        var busy = Set(out.values.filter { $0.delivery.webhookID == webhook.id }.compactMap(\.delivery.subject))
        var chosen: [DueDelivery] = []
        let limit = max(64, room * 4)
        let due =
            webhook.isStrict
            ? try store.dueInOrder(webhook.id, at: now, limit: limit)
            : try store.due(webhook.id, at: now, limit: limit)
        for delivery in due where chosen.count < room {
            if let subject = delivery.subject, !busy.insert(subject).inserted { continue }
            chosen.append(delivery)
        }
        if webhook.rateLimit != nil { allowances[webhook.id]?.left -= Int64(chosen.count) }
        return chosen
    }

    // MARK: Requests

    private func send(_ delivery: DueDelivery, _ webhook: Webhook, _ policy: AddressPolicy, at now: Timestamp) {
        do {
            transport.add(try requests.make(delivery, webhook, policy, at: now), tag: delivery.id)
        } catch {
            let reason = (error as? HTTPError) ?? HTTPError(.send, "The request could not be made: \(error)")
            note(delivery.id, HTTPOutcome(.failure(reason), times: HTTPTimes(total: 0)))
        }
    }

    private func note(_ tag: Int64, _ outcome: HTTPOutcome) {
        guard let sent = out.removeValue(forKey: tag) else { return }
        // There is room for another one.
        content = nil
        if ended.isEmpty { firstEnded = monotonicNanoseconds() }
        let share = Double(environment.random(1).first ?? 128) / 255
        ended.append(
            DeliveryStore.Result(
                delivery: sent.delivery,
                startedAt: sent.startedAt,
                outcome: outcome,
                share: share
            )
        )
    }

    /// Writes what has come home, many at a time.
    private func write(isLast: Bool) throws {
        guard !ended.isEmpty else { return }
        let isDue = ended.count >= 100 || out.isEmpty || monotonicNanoseconds() - firstEnded >= Self.gathering
        guard isLast || isDue else { return }
        try store.record(ended, at: environment.now())
        ended = []
        content = nil
    }
}
