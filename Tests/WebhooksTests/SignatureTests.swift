import HTTPClient
import Support
import TestSupport
import Testing

@testable import Webhooks

@Suite struct SignatureTests {
    /// The vector of the Standard Webhooks specification.
    @Test func theKnownVectorIsSigned() {
        let headers = Signature.headers(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            seconds: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8),
            secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
        )
        #expect(headers.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(headers[2].value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func secretsAreBase64Of32Bytes() {
        for _ in 0..<50 {
            let secret = Signature.makeSecret(.shared, .live).text
            #expect(secret.hasPrefix("whsec_") && secret.count == 6 + 44 && Signature.key(secret)?.count == 32)
        }
        #expect(Signature.base64([]) == "" && Signature.base64(Array("f".utf8)) == "Zg==")
        #expect(Signature.base64(Array("fo".utf8)) == "Zm8=" && Signature.base64(Array("foo".utf8)) == "Zm9v")
        #expect(Signature.key("foo") == nil)
    }

    /// The first vector of RFC 8032 is the pair of keys; its secret key with the public one behind it signs.
    @Test func aPairOfKeysSignsInItsOwnWay() throws {
        let secret = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg=="
        func headers(_ body: String) -> [(name: String, value: String)] {
            Signature.headers(id: "msg_1", seconds: 1_614_265_330, body: Array(body.utf8), secrets: [secret])
        }
        let value = headers("{}")[2].value
        #expect(value.hasPrefix("v1a,") && value.count == 4 + 88 && value == headers("{}")[2].value)
        #expect(value != headers("{ }")[2].value)
        let made = Signature.makeSecret(.keys, .live)
        #expect(made.text.hasPrefix("whsk_") && made.text.count == 5 + 88)
        #expect(made.publicKey?.hasPrefix("whpk_") == true && made.publicKey?.count == 5 + 44)
        let both = Signature.headers(
            id: "a",
            seconds: 1,
            body: [],
            secrets: [made.text, Signature.makeSecret(.shared, .live).text, "none"]
        )
        let kinds = both[2].value.split(separator: " ").map { $0.split(separator: ",")[0] }
        #expect(kinds == ["v1a", "v1"])
    }

    @Test func patternsFitWhatTheyName() {
        #expect(EventPattern.matches("product.updated", any: ["import.*", "product.updated"]))
        #expect(EventPattern.matches("product.updated", any: ["product.*"]))
        #expect(!EventPattern.matches("products.deleted", any: ["product.*"]))
        #expect(EventPattern.matches("anything.new", any: ["*"]))
        // Many events: only for who names them.
        #expect(!EventPattern.matches("products.changed", any: ["*", "products.*"]))
        #expect(EventPattern.matches("products.changed", any: ["products.changed"]))
        #expect(EventPattern.unknown(["product.*", "x.*", "*"], of: ["product.created"]) == ["x.*"])
    }
}

@Suite struct RetryPolicyTests {
    private let now = Timestamp(milliseconds: 1_795_000_000_000)

    private func answer(_ status: Int, _ headers: [HTTPAnswer.Header] = []) -> Result<HTTPAnswer, HTTPError> {
        .success(HTTPAnswer(status: status, headers: headers))
    }

    private func wait(_ tries: Int64, _ share: Double, _ result: Result<HTTPAnswer, HTTPError>? = nil) -> Int64? {
        let decision = RetryPolicy.decide(result ?? answer(503), tries: tries, at: now, share: share)
        guard case .retry(let moment) = decision else { return nil }
        return moment.milliseconds - now.milliseconds
    }

    @Test func attemptsComeAtTheTimesOfTheSchedule() {
        let seconds: [Int64] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
        for (index, delay) in seconds.enumerated() {
            #expect(wait(Int64(index + 1), 0.5) == delay * 1000)
            #expect(wait(Int64(index + 1), 0) == delay * 800 && wait(Int64(index + 1), 1) == delay * 1200)
        }
        #expect(RetryPolicy.decide(answer(503), tries: 10, at: now, share: 0.5) == .exhausted)
    }

    @Test func answersDecide() {
        for status in [200, 201, 204, 299] {
            #expect(RetryPolicy.decide(answer(status), tries: 1, at: now, share: 0) == .delivered)
        }
        for status in [301, 302, 400, 404, 429, 500] { #expect(wait(1, 0.5, answer(status)) == 5000, "\(status)") }
        #expect(RetryPolicy.decide(answer(410), tries: 1, at: now, share: 0) == .gone)
        #expect(wait(1, 0.5, .failure(HTTPError(.connect, "no"))) == 5000)
    }

    @Test func retryAfterIsHonouredWithinADay() {
        func wait(_ text: String) -> Int64? {
            self.wait(1, 0.5, answer(429, [HTTPAnswer.Header("retry-after", text)]))
        }
        #expect(wait("60") == 60_000 && wait("1") == 5000 && wait("999999999") == 86_400_000)
        #expect(wait("soon") == 5000 && wait("-5") == 5000)
        let date = Timestamp(rfc3339: "2026-11-29T10:00:00Z").map { $0.adding(seconds: -90) }
        #expect(RetryPolicy.retryAfter("Sun, 29 Nov 2026 10:00:00 GMT", at: date ?? now) == 90)
    }

    @Test func theBreakerOpensAfterFiveFailuresAndProbesMoreAndMoreSeldom() {
        var health = Webhook.Health()
        let failed = HTTPOutcome(.failure(HTTPError(.connect, "no")), times: HTTPTimes(total: 3))
        for number in 1...5 {
            #expect(health.probeAt == nil)
            health.note(failed, startedAt: now, at: now)
            #expect(health.consecutiveFailures == Int64(number) && health.failingSince == now)
        }
        #expect(health.probeAt == now.adding(seconds: 30))
        // What was out already when it opened is no probe.
        health.note(failed, startedAt: now, at: now.adding(seconds: 1))
        #expect(health.probeAt == now.adding(seconds: 30) && health.probes == 0)
        var moment = now.adding(seconds: 30)
        for delay: Int64 in [60, 120, 240, 480, 960, 1920, 3600, 3600] {
            health.note(failed, startedAt: moment, at: moment)
            #expect(health.probeAt == moment.adding(seconds: delay))
            moment = moment.adding(seconds: delay)
        }
        #expect(!health.isGivenUp(at: now.adding(seconds: 5 * 86_400 - 1)))
        #expect(health.isGivenUp(at: now.adding(seconds: 5 * 86_400)))
        health.note(WebhookHouse.answered(200), startedAt: moment, at: moment)
        #expect(health.probeAt == nil && health.consecutiveFailures == 0 && health.failingSince == nil)
        #expect(health.lastError == nil && health.lastResponseStatus == 200)
    }
}
