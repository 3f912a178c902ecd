import Testing
import Web

@Suite struct RouterTests {
    private static func route(_ method: Web.Method, _ path: PathPattern) -> Route<Void> {
        Route(method, path, access: .open, .page("x")) { _ in .text("\(method.rawValue) \(path)") }
    }

    private let router: Router<Void>

    init() throws {
        router = try Router([
            Self.route(.get, "/"),
            Self.route(.get, "/api/products"),
            Self.route(.post, "/api/products"),
            Self.route(.get, "/api/products.csv"),
            Self.route(.get, "/api/products/{id:int}"),
            Self.route(.patch, "/api/products/{id:int}"),
            Self.route(.get, "/api/products/{id:int}/history"),
            Self.route(.get, "/api/products/by-sku/{sku}"),
            Self.route(.get, "/api/products/{word}"),
            Self.route(.delete, "/api/products/{word}"),
            Self.route(.get, "/api/products/{word}/images"),
            Self.route(.head, "/only/head"),
            Self.route(.get, "/only/head"),
            Self.route(.post, "/login"),
        ])
    }

    private func answer(_ method: Web.Method, _ target: String) throws -> String {
        let request = try #require(Request(method, target))
        switch router.match(method, request.segments) {
        case .found(let route, let parameters):
            let values = ["id", "sku", "word"].compactMap { name in parameters[name].map { "\(name)=\($0)" } }
            return (["\(route.method.rawValue) \(route.path)"] + values).joined(separator: " ")
        case .notFound: return "404"
        case .methodNotAllowed(let allowed): return "405 \(allowed.map(\.rawValue).joined(separator: ","))"
        }
    }

    @Test(arguments: [
        ("/", "GET /"),
        ("/api/products", "GET /api/products"),
        ("/api/products/", "404"),
        ("/api/products.csv", "GET /api/products.csv"),
        ("/api/products/7", "GET /api/products/{id:int} id=7"),
        ("/api/products/0", "GET /api/products/{id:int} id=0"),
        ("/api/products/9223372036854775807", "GET /api/products/{id:int} id=9223372036854775807"),
        ("/api/products/9223372036854775808", "GET /api/products/{word} word=9223372036854775808"),
        ("/api/products/007", "GET /api/products/{word} word=007"),
        ("/api/products/-7", "GET /api/products/{word} word=-7"),
        ("/api/products/%2B7", "GET /api/products/{word} word=+7"),
        ("/api/products/%D9%A7", "GET /api/products/{word} word=٧"),
        ("/api/products/7/history", "GET /api/products/{id:int}/history id=7"),
        ("/api/products/7/history/", "404"),
        ("/api/products/7/images", "GET /api/products/{word}/images word=7"),
        ("/api/products/by-sku", "GET /api/products/{word} word=by-sku"),
        ("/api/products/by-sku/a%2Fb", "GET /api/products/by-sku/{sku} sku=a/b"),
        ("/api/products/by-sku/images", "GET /api/products/by-sku/{sku} sku=images"),
        ("/api/products/by-sku/", "404"),
        ("/API/products", "404"),
        ("//api/products", "404"),
        ("/nothing", "404"),
    ])
    func findsByPath(target: String, expected: String) throws {
        #expect(try answer(.get, target) == expected)
    }

    @Test func methodsAreLookedUpAcrossEveryPatternThatFits() throws {
        #expect(try answer(.patch, "/api/products/7") == "PATCH /api/products/{id:int} id=7")
        #expect(try answer(.delete, "/api/products/7") == "DELETE /api/products/{word} word=7")
        #expect(try answer(.put, "/api/products/7") == "405 GET,HEAD,PATCH,DELETE,OPTIONS")
        #expect(try answer(.put, "/api/products/x") == "405 GET,HEAD,DELETE,OPTIONS")
        #expect(try answer(.get, "/login") == "405 POST,OPTIONS")
        #expect(try answer(.post, "/nothing") == "404")
    }

    @Test func headFallsBackToGetAndOptionsIsForTheCaller() throws {
        #expect(try answer(.head, "/api/products/7") == "GET /api/products/{id:int} id=7")
        #expect(try answer(.head, "/only/head") == "HEAD /only/head")
        #expect(try answer(.head, "/login") == "405 POST,OPTIONS")
        #expect(try answer(.options, "/api/products") == "405 GET,HEAD,POST,OPTIONS")
        #expect(try answer(.options, "/nothing") == "404")
        let response = Response.options([.get, .head, .options])
        #expect(response.status == 204)
        #expect(response.headers["Allow"] == "GET, HEAD, OPTIONS")
        #expect(WebError.methodNotAllowed([.post, .options]).headers["Allow"] == "POST, OPTIONS")
    }

    @Test(
        arguments: [
            ("/a/{id:int}", "/a/{number:int}", "GET /a/{id:int} and GET /a/{number:int} answer the same requests."),
            ("/a/{id}", "/a/{name}", "GET /a/{id} and GET /a/{name} answer the same requests."),
            ("/a", "/a", "GET /a and GET /a answer the same requests."),
        ] as [(PathPattern, PathPattern, String)]
    )
    func refusesTwoRoutesForTheSameRequests(first: PathPattern, second: PathPattern, message: String) {
        #expect(throws: RouterError(message)) {
            try Router([Self.route(.get, first), Self.route(.get, second)])
        }
    }

    @Test(
        arguments: [
            ("a", "GET a: a path begins with '/'."),
            ("/a b", "GET /a b: 'a b' is not a plain segment."),
            ("/a/{id", "GET /a/{id: '{id' is not a plain segment."),
            ("/a/..", "GET /a/..: '..' is not a plain segment."),
            ("/a/{}", "GET /a/{}: '' is not a name for a parameter."),
            ("/a/{id:number}", "GET /a/{id:number}: 'id:number' is not a name for a parameter."),
            ("/{id}/{id:int}", "GET /{id}/{id:int}: the parameter 'id' stands twice."),
        ] as [(PathPattern, String)]
    )
    func refusesMalformedPatterns(path: PathPattern, message: String) {
        #expect(throws: RouterError(message)) { try Router([Self.route(.get, path)]) }
    }

    @Test func sameMethodOnDifferentKindsOfSegmentIsNoConflict() throws {
        let router = try Router([
            Self.route(.get, "/{a}"), Self.route(.get, "/{b:int}"), Self.route(.get, "/c"), Self.route(.post, "/{d}"),
        ])
        #expect(router.routes.map(\.path.description) == ["/{a}", "/{b:int}", "/c", "/{d}"])
    }

    @Test func parametersAreReadByKind() throws {
        let request = try #require(Request(.get, "/api/products/7"))
        guard case .found(_, let parameters) = router.match(.get, request.segments) else {
            Issue.record("not found")
            return
        }
        #expect(try parameters.int("id") == 7)
        #expect(try parameters.string("id") == "7")
        #expect(throws: WebError.self) { try parameters.int("other") }
    }

    @Test func linksArePercentEncodedAndMatchTheirPattern() throws {
        let pattern: PathPattern = "/api/products/by-sku/{sku}"
        for sku in ["A-1", "a/b", "ä ö?&#%", "+", "\"<>'"] {
            let request = try #require(Request(.get, pattern(sku).description))
            guard case .found(let route, let parameters) = router.match(.get, request.segments) else {
                Issue.record("no route for \(sku)")
                continue
            }
            #expect(route.path == pattern)
            #expect(parameters["sku"] == sku)
        }
        #expect(pattern("a/b c").description == "/api/products/by-sku/a%2Fb%20c")
        #expect(("/" as PathPattern)().description == "/")
        let two: PathPattern = "/imports/{id:int}/rows/{row}"
        #expect(two(12, "a b").description == "/imports/12/rows/a%20b")
        #expect(two(12, "a b").segments == [.literal("imports"), .literal("12"), .literal("rows"), .literal("a b")])
    }
}
