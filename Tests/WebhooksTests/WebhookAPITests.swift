import AdminKit
import Database
import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@testable import Webhooks

/// `/api/webhooks` as programs use it.
@Suite struct WebhookAPITests {
    private let house: WebhookHouse
    private let client: TestClient

    init() throws {
        house = try WebhookHouse()
        let types = ["product.created", "product.updated", "import.completed"].map { EventType($0, "It.", .object([])) }
        let root = try house.house.addUser("root@example.com", .admin)
        house.house.settings[JobDescriptions.self] = JobDescriptions([ReplayJob.description])
        client = try house.house.client(Webhooks.feature(types).routes)
        let token = try house.house.addToken(for: root, [.readWebhooks, .writeWebhooks, .adminSettings])
        client.headers = .headers(["Authorization": "Bearer \(token)"])
    }

    private func create(_ body: JSON) throws -> Answer { try client.json(.post, "/api/webhooks", body) }

    private static let good: JSON = ["url": "https://erp.example/hooks", "event_types": ["product.*"]]

    @Test func theSecretIsShownOnce() throws {
        let made = try create(Self.good)
        #expect(made.status == 201 && made.headers["Cache-Control"] == "no-store")
        let secret = try #require(made.json?["secret"]?.stringValue)
        #expect(secret.hasPrefix("whsec_"))
        let shown = try client.get("/api/webhooks/1")
        #expect(shown.status == 200 && !shown.text.contains(secret) && shown.json?["secret"] == nil)
        let rotated = try client.json(.post, "/api/webhooks/1/rotate-secret", .object([]))
        #expect(rotated.status == 200 && rotated.json?["secret"]?.stringValue != secret)
        #expect(rotated.json?["previous_secret_until"]?.isNull == false)
        // Nor does it stand in the database as it is.
        let stored = try house.database.all("SELECT value FROM webhook_secret") { row in row.text(0) }
        #expect(stored.count == 2 && stored.allSatisfy { !$0.contains(secret) })
        // Another way of signing comes with another secret; what checks it is none.
        let keys = try client.json(.post, "/api/webhooks/1/rotate-secret?signature=v1a", .object([]))
        #expect(keys.json?["secret"]?.isNull == true && keys.json?["signature"] == "v1a")
        let shownAgain = try client.get("/api/webhooks/1")
        #expect(shownAgain.json?["public_key"] == keys.json?["public_key"] && !shownAgain.text.contains("whsk_"))
        let other = try client.json(.post, "/api/webhooks/1/rotate-secret?signature=v2", .object([]))
        #expect(other.isProblem("bad_option"))
    }

    @Test func headersKeepTheirValuesWhereTheyAreSentBack() throws {
        var body = Self.good.members ?? []
        body.append(JSON.Member("headers", ["Authorization": "Bearer a", "X-B": "b"]))
        let made = try create(.object(body))
        #expect(made.json?["headers"] == ["Authorization": nil, "X-B": nil])
        let changed = try client.json(.patch, "/api/webhooks/1", ["headers": ["Authorization": nil, "X-C": "c"]])
        #expect(changed.status == 200 && changed.json?["headers"] == ["Authorization": nil, "X-C": nil])
        let kept = try WebhookStore(house.database).headers(1, at: house.house.clock.now)
        #expect(kept == [WebhookHeader("Authorization", "Bearer a"), WebhookHeader("X-C", "c")])
        // As it was read it may be sent back.
        let record = try #require(try client.get("/api/webhooks/1").json)
        let again = try client.json(.put, "/api/webhooks/1", record)
        #expect(again.status == 200 && again.json?["version"] == record["version"])
    }

    @Test(
        arguments: [
            ("url", "ftp://a.example/", "bad_scheme"), ("url", "http://10.0.0.1/", "refused_address"),
            ("url", "http://0x7f.1/", "refused_address"), ("url", "http://a:b@a.example/", "credentials_in_url"),
            ("url", 7, "wrong_type"), ("event_types", [], "required"),
            ("event_types", ["nothing.here"], "unknown_event"),
            ("event_types", "product.*", "wrong_type"), ("headers", ["A B": "c"], "bad_header"),
            ("headers", ["A": "b\r\nC: d"], "bad_header"), ("headers", ["Webhook-Id": "x"], "bad_header"),
            ("headers", ["Host": "x"], "bad_header"), ("headers", ["X-New": nil], "bad_header"),
            ("rate_limit", 0, "bad_rate"), ("enabled", "yes", "bad_boolean"), ("colour", "red", "unknown_field"),
            ("state", "failing", "unknown_field"), ("description", "a\nb", "bad_description"),
        ] as [(String, JSON, String)]
    )
    func whatIsWrongSaysWhere(_ name: String, _ value: JSON, _ code: String) throws {
        var body = (Self.good.members ?? []).filter { $0.name != name }
        body.append(JSON.Member(name, value))
        let answer = try create(.object(body))
        #expect(answer.status == 422, "\(answer.text)")
        let error = answer.json?["errors"]?.arrayValue?.first
        #expect(error?["field"]?.stringValue == name && error?["code"]?.stringValue == code, "\(answer.text)")
        #expect(try WebhookStore(house.database).count() == 0)
    }

    @Test func aChangeOfAnotherVersionIsHeldBackAndDeliveriesAreNone() throws {
        _ = try create(Self.good)
        let tag = try #require(try client.get("/api/webhooks/1").headers["ETag"])
        try house.tell()
        try house.run(house.sender())
        #expect(try client.get("/api/webhooks/1").headers["ETag"] != tag)
        func patch(_ body: JSON) throws -> Answer {
            try client.send(
                Call(
                    .patch,
                    "/api/webhooks/1",
                    headers: .headers(["Content-Type": "application/json", "If-Match": tag]),
                    body: body.bytes
                )
            )
        }
        #expect(try patch(["description": "ERP"]).status == 200)
        #expect(try patch(["description": "Other"]).status == 412)
    }

    @Test func deliveriesAreListedAndSentAgain() throws {
        _ = try create(Self.good)
        let id = try house.tell()
        try house.run(house.sender())
        let list = try #require(try client.get("/api/webhooks/1/deliveries?status=delivered").json)
        let delivery = try #require(list["items"]?.arrayValue?.first)
        #expect(delivery["event_id"]?.stringValue == id)
        let path = "/api/webhooks/1/deliveries/\(delivery["id"]?.intValue ?? 0)"
        #expect(try client.get(path).json?["attempts"]?.arrayValue?.count == 1)
        #expect(try client.json(.post, "\(path)/redeliver", .object([])).status == 202)
        #expect(try client.get("/api/webhooks/1/deliveries?status=pending").json?["items"]?.arrayValue?.count == 1)
        #expect(try client.get("/api/webhooks/2/deliveries").status == 404)
        #expect(try client.get("/api/webhooks/1/deliveries?status=lost").isProblem("bad_state"))
        // Up to now, exclusive.
        house.house.clock.advance(seconds: 1)
        let range = "/api/webhooks/1/replay?since=2001-01-01"
        #expect(try client.get(range).json?["deliveries"]?.intValue == 1)
        #expect(try client.get("\(range)&only=failed").json?["deliveries"]?.intValue == 0)
        let replay = try client.json(.post, range, .object([]))
        #expect(replay.status == 202 && replay.json?["job"]?["kind"] == "webhook_replay", "\(replay.text)")
        #expect(try client.get("\(range)&only=all").isProblem("bad_state"))
        #expect(try client.json(.post, "/api/webhooks/1/replay", .object([])).isProblem("required"))
        #expect(try client.send(Call(.delete, "/api/webhooks/1")).status == 204)
        #expect(try client.get("/api/webhooks/1").status == 404)
    }

    @Test func theTypesOfEventsAreListedWithExamples() throws {
        let items = try #require(try client.get("/api/event-types").json?["items"]?.arrayValue)
        let names = items.compactMap { $0["name"]?.stringValue }
        #expect(names.contains("product.updated") && names.contains("webhook.disabled") && names == names.sorted())
    }
}
