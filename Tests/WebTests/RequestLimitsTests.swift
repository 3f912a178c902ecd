import Testing
import Web

/// What the answers say of a client's rate.
@Suite struct RequestLimitsTests {
    private func limits(_ taken: RequestLimits.Taken) -> RequestLimits {
        RequestLimits(rate: 200) { client, _, _ in
            client == "token:7"
                ? taken
                : .init(
                    isAllowed: false,
                    remaining: 0,
                    resetSeconds: 9,
                    retrySeconds: 9
                )
        }
    }

    @Test func headersSayWhatIsLeft() throws {
        let taken = RequestLimits.Taken(isAllowed: true, remaining: 12, resetSeconds: 2, retrySeconds: 0)
        let headers = try limits(taken).count("token:7", policy: "token")
        #expect(headers["RateLimit-Policy"] == "\"token\";q=400;w=2")
        #expect(headers["RateLimit"] == "\"token\";r=12;t=2")
    }

    @Test func tooManyAre429WithTheTimeToWait() throws {
        let taken = RequestLimits.Taken(isAllowed: false, remaining: 0, resetSeconds: 2, retrySeconds: 0)
        let error = try #require(throws: WebError.self) { try limits(taken).count("token:7", policy: "token") }
        #expect(error.status == 429)
        #expect(error.code == "too_many_requests")
        #expect(error.headers["Retry-After"] == "1")
        #expect(error.headers["RateLimit"] == "\"token\";r=0;t=2")
    }
}
