import Testing
import Web

/// Which other sites' pages may read what the API answers.
@Suite struct CrossOriginTests {
    private let rules = CrossOrigin(["https://shop.example", "https://app.example:8443"])

    private func request(_ method: Web.Method, _ path: String, _ headers: Fields) throws -> Request {
        try #require(Request(method, path, headers: headers))
    }

    private func marked(_ rules: CrossOrigin, origin: String, path: String = "/api/me") throws -> Fields {
        rules.marking(.noContent, for: try request(.get, path, .headers(["Origin": origin]))).headers
    }

    @Test(arguments: [
        "https://shop.example", "https://SHOP.example", "https://shop.example:443", "https://app.example:8443",
    ])
    func anOriginOfTheListMayRead(_ origin: String) throws {
        let headers = try marked(rules, origin: origin)
        #expect(headers["Access-Control-Allow-Origin"] == origin)
        #expect(headers["Access-Control-Expose-Headers"]?.contains("ETag") == true)
        #expect(headers["Vary"] == "Authorization, Cookie, Origin")
    }

    @Test(
        arguments: [
            "http://shop.example", "https://shop.example.evil.example", "https://evil-shop.example", "null", "*", "",
            "https://shop.example/", "https://shop.example https://evil.example", "https://app.example",
            "https://shop.example@evil.example",
        ]
    )
    func everyOtherMayNot(_ origin: String) throws {
        let headers = try marked(rules, origin: origin)
        #expect(headers["Access-Control-Allow-Origin"] == nil)
        #expect(headers["Vary"]?.contains("Origin") == true)
    }

    @Test func noCookieIsEverTakenAlong() throws {
        let headers = try marked(rules, origin: "https://shop.example")
        #expect(headers["Access-Control-Allow-Origin"] != nil)
        #expect(headers["Access-Control-Allow-Credentials"] == nil)
        let asked = try request(
            .options,
            "/api/me",
            .headers(["Origin": "https://shop.example", "Access-Control-Request-Method": "PUT"])
        )
        #expect(rules.preflight(asked)?.headers["Access-Control-Allow-Credentials"] == nil)
        // A star is no origin.
        #expect(try marked(CrossOrigin(["*"]), origin: "https://any.example").isEmpty)
    }

    @Test func pagesAndInstallationsWithoutOriginsSayNothing() throws {
        #expect(try marked(rules, origin: "https://shop.example", path: "/products").isEmpty)
        #expect(try marked(CrossOrigin([]), origin: "https://shop.example").isEmpty)
        #expect(try marked(CrossOrigin(["shop.example"]), origin: "https://shop.example").isEmpty)
    }

    @Test func aPreflightIsAnsweredTheSameForEveryAddress() throws {
        let headers = Fields.headers(["Origin": "https://shop.example", "Access-Control-Request-Method": "PATCH"])
        let answers = try ["/api/products", "/api/nothing"].map { path in
            try #require(rules.preflight(try request(.options, path, headers)))
        }
        #expect(answers[0].headers == answers[1].headers)
        #expect(answers[0].status == 204)
        #expect(answers[0].headers["Access-Control-Allow-Origin"] == "https://shop.example")
        #expect(answers[0].headers["Access-Control-Allow-Methods"]?.contains("PATCH") == true)
        #expect(answers[0].headers["Access-Control-Allow-Headers"]?.contains("Idempotency-Key") == true)
        #expect(answers[0].headers["Vary"]?.hasPrefix("Origin") == true)
        var foreign = headers
        foreign.set("Origin", "https://evil.example")
        let refused = try #require(rules.preflight(try request(.options, "/api/products", foreign)))
        #expect(refused.headers["Access-Control-Allow-Origin"] == nil)
        #expect(refused.headers["Vary"]?.hasPrefix("Origin") == true)
        #expect(rules.preflight(try request(.options, "/api/products", .headers())) == nil)
        #expect(rules.preflight(try request(.options, "/products", headers)) == nil)
        #expect(rules.preflight(try request(.get, "/api/products", headers)) == nil)
    }
}
