import Glibc
import Support
import TestSupport
import Testing
import Web

/// A small application, called in this process and over a real socket with one and the same table.
@Suite struct ScenarioTests {
    private static let routes: [Route<Request>] = [
        Route(.get, "/hello", access: .open, .page("x")) { _ in .text("hello") },
        Route(.post, "/api/echo", access: .open, .page("x")) { .json(try $0.json(limit: 100)) },
        Route(.post, "/form", access: .open, .page("x")) { .text(try $0.form()["name"] ?? "none") },
        Route(.post, "/upload", access: .open, .page("x")) { request in
            let parts = try request.multipart()
            let file = try parts.files.first.map { "\($0.filename ?? "")=\(try parts.text(of: $0))" }
            return .text("\(file ?? "none") \(try parts.fields()["mode"] ?? "")")
        },
        Route(.get, "/stream", access: .open, .page("x")) { _ in
            var parts = ["a", "", "b"][...]
            return Response(status: 200, body: .stream { _ in parts.popFirst().map { Array($0.utf8) } })
        },
        Route(.post, "/login", access: .open, .page("x")) { _ in
            Response.seeOther("/hello").setting(SetCookie("session", "s1", isSecure: false))
        },
        Route(.post, "/logout", access: .open, .page("x")) { _ in
            Response.noContent.setting(.removing("session", isSecure: false))
        },
        Route(.get, "/who", access: .open, .page("x")) { .text($0.cookies["session"] ?? "nobody") },
    ]

    @Sendable private static func handle(_ request: Request) -> Response {
        do {
            switch try Router(routes).match(request.method, request.segments) {
            case .found(let route, _): return try route.handler(request)
            case .notFound: throw WebError.notFound
            case .methodNotAllowed(let allowed):
                if request.method == .options { return .options(allowed) }
                throw WebError.methodNotAllowed(allowed)
            }
        } catch {
            let error = error as? WebError ?? .internalError(cause: "\(error)")
            return error.problem(requestID: request.id, instance: request.rawPath)
        }
    }

    private static let scenarios = [
        Scenario(
            "a page",
            .get,
            "/hello",
            status: 200,
            answers: .headers(["Content-Length": "5"]),
            contains: ["hello"]
        ),
        Scenario("HEAD", .head, "/hello", status: 200, answers: .headers(["Content-Length": "5"]), notContains: ["h"]),
        Scenario("OPTIONS", .options, "/hello", status: 204, answers: .headers(["Allow": "GET, HEAD, OPTIONS"])),
        Scenario(
            "nothing there",
            .get,
            "/nope",
            status: 404,
            contains: ["\"code\":\"not_found\"", "\"instance\":\"/nope\""]
        ),
        Scenario("another method", .put, "/hello", status: 405, answers: .headers(["Allow": "GET, HEAD, OPTIONS"])),
        Scenario(
            "JSON comes back",
            .post,
            "/api/echo",
            headers: .headers(["Content-Type": "application/json"]),
            body: "{ \"a\" : 1 }",
            status: 200,
            answers: .headers(["Cache-Control": "no-store"]),
            contains: ["{\"a\":1}"],
            notContains: ["{ "]
        ),
        Scenario("no type", .post, "/api/echo", body: "{}", status: 415),
        Scenario("too long", .post, "/api/echo", body: String(repeating: " ", count: 101), status: 413),
        Scenario("streamed", .get, "/stream", status: 200, contains: ["ab"]),
    ]

    private func check(_ client: TestClient) throws {
        for scenario in Self.scenarios { #expect(try scenario.failures(with: client) == []) }
        #expect(try client.get("/who").text == "nobody")
        #expect(try client.form("/login", [:]).headers["Location"] == "/hello")
        #expect(try client.get("/who").text == "s1")
        try client.form("/logout", [:])
        #expect(try client.get("/who").text == "nobody")
        #expect(try client.form("/form", ["name": "a&b ü"]).text == "a&b ü")
        #expect(try client.json(.post, "/api/echo", ["x": nil]).json == ["x": nil])
        let upload = try client.upload(
            "/upload",
            file: Array("1\r\n2".utf8),
            named: "a \"b\".csv",
            fields: ["mode": "x"]
        )
        #expect(upload.text == "a \"b\".csv=1\r\n2 x")
        #expect(try client.get("/nope").isProblem("not_found"))
    }

    @Test func inThisProcess() throws {
        try check(TestClient(handler: Self.handle))
    }

    @Test func inThisProcessWithSpooledBodies() throws {
        let folder = "/tmp/bodega-spool-\(randomBytes(6).hex)"
        try Files.makeFolder(folder)
        defer { rmdir(folder) }
        try check(TestClient(HandlerTransport(spool: folder, Self.handle).send))
        #expect(Files.names(in: folder).isEmpty)
    }

    @Test func overASocket() throws {
        let server = try LoopbackServer(handler: Self.handle)
        try check(TestClient(SocketTransport(port: server.port).send))
        server.stop()
    }

    @Test func aScenarioSaysWhatIsNotAsItMustBe() throws {
        let scenario = Scenario(
            "wrong",
            .get,
            "/hello",
            status: 404,
            answers: .headers(["X-A": "1"]),
            contains: ["bye"],
            notContains: ["hell"]
        )
        let failures = try scenario.failures(with: TestClient(handler: Self.handle))
        #expect(
            failures == [
                "wrong: status 200, not 404: hello", "wrong: X-A is absent, not 1", "wrong: 'bye' is missing in: hello",
                "wrong: 'hell' must not stand in: hello",
            ]
        )
    }
}
