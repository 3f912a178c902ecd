import Database
import HTTPClient
import IdentityTestSupport
import Jobs
import Support
import TestSupport
import Testing

@testable import Webhooks

/// What the sender does with events, deliveries and answers; requests are answered by the test.
@Suite struct SenderTests {
    private let house: WebhookHouse

    init() throws { house = try WebhookHouse() }

    @Test func anEventReachesEachEndpointThatAskedForIt() throws {
        let erp = try house.add("https://erp.example/a", ["product.*"])
        let other = try house.add("https://other.example/b", ["import.completed"])
        let id = try house.tell()
        try house.run(house.sender())
        #expect(house.transport.sent.map(\.target.text) == ["https://erp.example/a"])
        let request = try #require(house.transport.sent.first)
        let headers = Dictionary(request.headers.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(headers["webhook-id"] == id && headers["Content-Type"] == "application/json")
        let body = try JSON.parse(String(decoding: request.body ?? [], as: UTF8.self))
        #expect(body.members?.map(\.name) == ["type", "timestamp", "data"] && body["data"]?["id"]?.intValue == 7)
        let delivery = try #require(try house.all(erp.id).first)
        #expect(delivery.status == .delivered && delivery.attempt == 1 && delivery.responseStatus == 204)
        let attempts = try house.deliveries.attempts(delivery.id)
        #expect(attempts.map(\.responseStatus) == [204] && attempts[0].endedAt != nil)
        #expect(try house.all(other.id).isEmpty)
        let health = try house.webhook(erp.id).health
        #expect(health.lastResponseStatus == 204 && health.lastError == nil && health.lastTriggeredAt != nil)
    }

    @Test func whatHappenedBeforeAnEndpointWasAddedIsNotSent() throws {
        try house.tell()
        let webhook = try house.add()
        try house.run(house.sender())
        #expect(try house.all(webhook.id).isEmpty)
    }

    /// The request is out: its attempt is on record, and the delivery is nobody else's.
    @Test func aRequestIsOnRecordBeforeItLeaves() throws {
        let webhook = try house.add()
        try house.tell()
        var recorded: [Int64] = []
        house.transport.answer = { [house] _ in
            recorded.append((try? house.database.first("SELECT COUNT(*) FROM webhook_attempt") { $0.int(0) }) ?? -1)
            return nil
        }
        let sender = house.sender()
        try house.run(sender)
        #expect(house.transport.sent.count == 1 && recorded.first == 1)
        let delivery = try #require(try house.all(webhook.id).first)
        #expect(delivery.claimedAt != nil && delivery.nextAttemptAt == nil)
        #expect(try DeliveryStore(house.database).due(webhook.id, at: house.house.clock.now, limit: 9).isEmpty)
        #expect(try !house.deliveries.redeliver(delivery, context: house.house.context))
        // That sender is killed; the next one cannot know whether it arrived.
        house.transport.out = []
        house.transport.answer = { _ in WebhookHouse.answered(200) }
        let next = house.sender()
        try next.start()
        try house.run(next)
        #expect(house.transport.sent.count == 2)
        let again = try #require(try house.all(webhook.id).first)
        #expect(again.status == .delivered && again.attempt == 2)
        #expect(try house.deliveries.attempts(delivery.id).map(\.step) == ["interrupted", nil])
    }

    @Test func aClaimIsOneSendersAlone() throws {
        let webhook = try house.add()
        try house.tell()
        let store = DeliveryStore(house.database)
        let now = house.house.clock.now
        #expect(try store.fanOut(at: now) == 1 && store.fanOut(at: now) == 0)
        let due = try store.due(webhook.id, at: now, limit: 9)
        #expect(try store.claim(due, at: now).count == 1)
        #expect(try store.claim(due, at: now).isEmpty)
    }

    @Test func whatFailsIsTriedAgainAndGivenUpAfterTenAttempts() throws {
        let webhook = try house.add()
        let watcher = try house.add("https://watcher.example/", ["webhook.exhausted"])
        try house.tell()
        house.transport.answer = { request in
            WebhookHouse.answered(request.target.host == "watcher.example" ? 200 : 500)
        }
        let sender = house.sender()
        let start = house.house.clock.now
        for _ in 0..<12 {
            try house.run(sender)
            let probe = try house.webhook(webhook.id).health.probeAt
            guard let next = try house.all(webhook.id).first?.nextAttemptAt else { break }
            let due = max(next, probe ?? next)
            house.house.clock.advance(seconds: (due.milliseconds - house.house.clock.now.milliseconds) / 1000 + 1)
            sender.refresh()
        }
        let delivery = try #require(try house.all(webhook.id).first)
        #expect(delivery.status == .exhausted && delivery.attempt == 10)
        #expect(try house.deliveries.attempts(delivery.id).count == 10)
        let hours = (house.house.clock.now.milliseconds - start.milliseconds) / 3_600_000
        #expect((60...90).contains(hours), "\(hours)")
        try house.run(sender)
        #expect(try house.all(watcher.id).map(\.eventType) == ["webhook.exhausted"])
    }

    @Test func goneMeansOff() throws {
        let webhook = try house.add()
        let watcher = try house.add("https://watcher.example/", ["webhook.*"])
        try house.tell()
        house.transport.answer = { request in
            WebhookHouse.answered(request.target.host == "watcher.example" ? 200 : 410)
        }
        let sender = house.sender()
        try house.run(sender, rounds: 40)
        let after = try house.webhook(webhook.id)
        #expect(after.state == .disabled && after.health.disabledReason?.contains("410") == true)
        #expect(try house.all(webhook.id).map(\.status) == [.exhausted])
        #expect(Set(try house.all(watcher.id).map(\.eventType)) == ["webhook.exhausted", "webhook.disabled"])
        // And it is told nothing more.
        try house.tell()
        try house.run(sender)
        #expect(try house.all(webhook.id).count == 1)
    }

    @Test func aDeadEndpointHoldsUpNoOther() throws {
        let dead = try house.add("https://dead.example/")
        let live = try house.add("https://live.example/")
        for number in 0..<200 { try house.tell("product.updated", number) }
        house.transport.answer = { $0.target.host == "dead.example" ? nil : WebhookHouse.answered(200) }
        let sender = house.sender()
        try house.run(sender) { try house.all(live.id).filter { $0.status == .delivered }.count == 200 }
        #expect(try house.all(live.id).allSatisfy { $0.status == .delivered })
        #expect(house.transport.out.count == Sender.mostPerEndpoint)
        #expect(try house.all(dead.id).filter { $0.claimedAt != nil }.count == Sender.mostPerEndpoint)
    }

    @Test func newsOfOneThingKeepTheirOrder() throws {
        let webhook = try house.add()
        for _ in 0..<5 { try house.tell("product.updated", 1) }
        try house.tell("product.updated", 2)
        house.transport.answer = { _ in nil }
        let sender = house.sender()
        try house.run(sender)
        #expect(house.transport.out.count == 2)
        house.transport.answer = { _ in WebhookHouse.answered(200) }
        try house.run(sender, rounds: 40)
        let ids = house.transport.sent.compactMap { $0.headers.first { $0.name == "webhook-id" }?.value }
        let told = try house.all(webhook.id).map(\.eventID)
        #expect(ids.filter { $0 != told[5] } == Array(told.prefix(5)))
    }

    @Test func theRateIsKept() throws {
        try house.add(rate: 3)
        for number in 0..<10 { try house.tell("product.updated", number) }
        let sender = house.sender()
        try house.run(sender)
        #expect(house.transport.sent.count == 3)
        house.house.clock.advance(seconds: 1)
        sender.refresh()
        try house.run(sender)
        #expect(house.transport.sent.count == 6)
    }

    @Test func behindTheBreakerOneIsTriedAndThenAll() throws {
        let webhook = try house.add()
        for number in 0..<30 { try house.tell("product.updated", number) }
        house.transport.answer = { _ in WebhookHouse.answered(503) }
        let sender = house.sender()
        try house.run(sender)
        #expect(try house.webhook(webhook.id).health.probeAt != nil)
        let sent = house.transport.sent.count
        #expect(sent < 30)
        house.house.clock.advance(seconds: 31)
        sender.refresh()
        try house.run(sender)
        #expect(house.transport.sent.count == sent + 1)
        house.transport.answer = { _ in WebhookHouse.answered(200) }
        house.house.clock.advance(seconds: 61)
        sender.refresh()
        try house.run(sender, rounds: 60)
        #expect(try house.all(webhook.id).allSatisfy { $0.status == .delivered })
        #expect(try house.webhook(webhook.id).state == .on)
    }

    @Test func afterFiveDaysWithoutSuccessItIsOff() throws {
        let webhook = try house.add()
        house.transport.answer = { _ in WebhookHouse.answered(500) }
        let sender = house.sender()
        for day in 0..<7 {
            try house.tell("product.updated", day)
            sender.refresh()
            try house.run(sender)
            house.house.clock.advance(seconds: 86_400)
        }
        #expect(try house.webhook(webhook.id).health.disabledReason?.contains("5 days") == true)
    }

    @Test func bothSecretsSignForADay() throws {
        let webhook = try house.add()
        _ = try WebhookStore(house.database).rotate(webhook.id, house.house.environment, context: house.house.context)
        func signatures() throws -> Int {
            try house.tell()
            let sender = house.sender()
            try house.run(sender)
            let header = house.transport.sent.last?.headers.first { $0.name == "webhook-signature" }?.value
            return header?.split(separator: " ").count ?? 0
        }
        #expect(try signatures() == 2)
        house.house.clock.advance(seconds: 86_401)
        #expect(try signatures() == 1)
    }

    @Test func whatWasMissedCanBeSentLater() throws {
        let webhook = try house.add()
        let since = house.house.clock.now
        try house.tell("product.updated", 1)
        let sender = house.sender()
        try house.run(sender)
        try house.turn(webhook.id, isOn: false)
        try house.tell("product.updated", 2)
        try house.run(sender)
        try house.turn(webhook.id, isOn: true)
        try house.run(sender)
        #expect(try house.all(webhook.id).count == 1)
        let until = house.house.clock.now.adding(seconds: 1)
        #expect(try house.replay(webhook.id, .failed, since: since, until: until) == [0, 0, 0])
        #expect(try house.replay(webhook.id, .missed, since: nil, until: until) == [1, 1, 0])
        try house.run(sender)
        #expect(try house.all(webhook.id).map(\.status) == [.delivered, .delivered])
        #expect(try house.replay(webhook.id, .missed, since: since, until: until) == [0, 0, 0])
        #expect(try house.replay(webhook.id, .all, since: since, until: until) == [2, 0, 2])
        try house.run(sender)
        #expect(try house.all(webhook.id).map(\.attempt) == [2, 2])
    }

    /// However slow the sender is: what happened while an endpoint was on and was not read yet when it was switched off
    /// is missed, and what happened while it was off is not sent by itself.
    @Test func whatWasMissedDoesNotDependOnTheSender() throws {
        let webhook = try house.add()
        let sender = house.sender()
        try house.tell("product.updated", 1)
        try house.turn(webhook.id, isOn: false)
        try house.tell("product.updated", 2)
        try house.turn(webhook.id, isOn: true)
        try house.tell("product.updated", 3)
        let until = house.house.clock.now.adding(seconds: 1)
        // Asked before the sender has read anything, too.
        #expect(try house.replay(webhook.id, .missed, since: nil, until: until, performs: false) == [2])
        try house.run(sender)
        #expect(try house.all(webhook.id).map(\.subject) == ["3"])
        #expect(try house.replay(webhook.id, .missed, since: nil, until: until) == [2, 2, 0])
        try house.run(sender)
        #expect(Set(try house.all(webhook.id).map(\.subject)) == ["1", "2", "3"])
        // One that is added later has missed nothing of before.
        let other = try house.add("https://other.example/")
        try house.run(sender)
        #expect(try house.all(other.id).isEmpty)
    }

    /// A worker that dies in between goes on: nothing is left out, and nothing is put in line twice.
    @Test func aReplayThatIsKilledGoesOn() throws {
        let webhook = try house.add()
        let sender = house.sender()
        for number in 0..<1200 { try house.tell("product.updated", number) }
        try house.run(sender) { try house.all(webhook.id).filter { $0.status == .delivered }.count >= 1000 }
        try house.run(sender, rounds: 100)
        try house.turn(webhook.id, isOn: false)
        for number in 0..<700 { try house.tell("product.updated", number) }
        try house.turn(webhook.id, isOn: true)
        try house.run(sender)
        let until = house.house.clock.now.adding(seconds: 1)
        #expect(
            try house.replay(webhook.id, .all, since: Timestamp(milliseconds: 0), until: until, dies: 3)
                == [1900, 700, 1200]
        )
        let waiting = try house.deliveries.count(webhook.id, DeliveryFilter(status: .pending))
        #expect(waiting == 1900)
    }

    /// News of a product wait for what came before them, also while that waits for its next attempt; others go on.
    @Test func strictMeansThatNothingOvertakes() throws {
        let strict = try house.add("https://strict.example/", isStrict: true)
        let loose = try house.add("https://loose.example/")
        let first = try house.tell("product.updated", 1)
        house.transport.answer = { request in
            let id = request.headers.first { $0.name == "webhook-id" }?.value
            return WebhookHouse.answered(id == first ? 503 : 200)
        }
        let sender = house.sender()
        try house.run(sender)
        try house.tell("product.updated", 1)
        try house.tell("product.updated", 2)
        try house.run(sender, rounds: 40)
        #expect(try house.all(loose.id).map(\.status) == [.failed, .delivered, .delivered])
        #expect(try house.all(strict.id).map(\.status) == [.failed, .pending, .delivered])
        house.transport.answer = { _ in WebhookHouse.answered(200) }
        house.house.clock.advance(seconds: 10)
        sender.refresh()
        try house.run(sender, rounds: 40)
        #expect(try house.all(strict.id).allSatisfy { $0.status == .delivered })
        let told = house.transport.sent.filter { $0.target.host == "strict.example" }.compactMap { request in
            request.headers.first { $0.name == "webhook-id" }?.value
        }
        #expect(told.first == first && told.dropLast().last == first)
    }

    @Test func endedDeliveriesAreForgottenInTime() throws {
        let webhook = try house.add()
        try house.tell()
        try house.run(house.sender())
        let later = house.house.clock.now.adding(seconds: 1)
        #expect(try house.deliveries.prune(before: house.house.clock.now) == 0)
        #expect(try house.deliveries.prune(before: later) == 2)
        #expect(try house.all(webhook.id).isEmpty)
    }
}
