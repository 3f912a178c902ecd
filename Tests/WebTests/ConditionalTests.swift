import Support
import Testing
import Web

@Suite struct ConditionalTests {
    private func request(_ method: Web.Method, _ headers: KeyValuePairs<String, String>) throws -> Request {
        try #require(Request(method, "/api/products/7", headers: .headers(headers)))
    }

    @Test(
        arguments: [
            (nil, true),
            ("*", true),
            ("\"7-3\"", true),
            ("\"7-2\", \"7-3\"", true),
            ("\"7-2\",\"a,b\" , \"7-3\"", true),
            ("\"7-2\"", false),
            ("W/\"7-3\"", false),
            ("7-3", false),
            ("\"7-3", false),
            ("\"7-2\" \"7-3\"x", false),
            ("\"\"", false),
            ("", false),
        ] as [(String?, Bool)]
    )
    func ifMatchHoldsChangesBack(header: String?, goesThrough: Bool) throws {
        let request = try header.map { try self.request(.patch, ["If-Match": $0]) } ?? self.request(.patch, [:])
        do {
            try request.requireMatch("7-3")
            #expect(goesThrough)
        } catch {
            #expect(!goesThrough)
            #expect(error.status == 412)
            #expect(error.headers["ETag"] == "\"7-3\"")
        }
    }

    @Test func severalIfMatchHeadersAreOneList() throws {
        try request(.patch, ["If-Match": "\"1\"", "if-match": "\"7-3\""]).requireMatch("7-3")
        #expect(throws: WebError.self) { try request(.put, ["If-None-Match": "*"]).requireMatch("7-3") }
        #expect(throws: WebError.self) { try request(.put, ["If-None-Match": "\"7-3\""]).requireMatch("7-3") }
        try request(.put, ["If-None-Match": "\"7-2\""]).requireMatch("7-3")
    }

    @Test(arguments: [
        ("\"7-3\"", 304), ("W/\"7-3\"", 304), ("*", 304), ("\"1\", W/\"7-3\"", 304), ("\"7-2\"", 200), ("7-3", 200),
    ])
    func ifNoneMatchAnswers304(header: String, status: Int) throws {
        for method in [Web.Method.get, .head] {
            let answer = Response.json(["id": 7], headers: .headers(["Cache-Control": "private"]))
                .tagged("7-3", for: try request(method, ["If-None-Match": header]))
            #expect(answer.status == status)
            #expect(answer.headers["ETag"] == "\"7-3\"")
            #expect(answer.headers["Cache-Control"] == "private")
            #expect((answer.headers["Content-Type"] == nil) == (status == 304))
            if status == 304, case .bytes(let bytes) = answer.body { #expect(bytes.isEmpty) }
        }
    }

    @Test func onlyReadsThatSucceededBecome304() throws {
        let patch = try request(.patch, ["If-None-Match": "\"7-3\""])
        #expect(Response.json([:]).tagged("7-3", for: patch).status == 200)
        let get = try request(.get, ["If-None-Match": "\"7-3\""])
        #expect(Response.json([:], status: 404).tagged("7-3", for: get).status == 404)
        #expect(Response.json([:]).tagged("7-3", for: try request(.get, [:])).status == 200)
    }
}
