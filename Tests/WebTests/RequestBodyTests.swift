import Glibc
import Support
import Testing
import Web

@Suite struct RequestBodyTests {
    private func request(_ type: String?, _ body: Request.Body) throws -> Request {
        var headers = Fields.headers()
        if let type { headers.append("Content-Type", type) }
        return try #require(Request(.post, "/api/x", headers: headers, body: body))
    }

    private func status(_ work: () throws -> Void) -> Int {
        do { try work() } catch { return (error as? WebError)?.status ?? -1 }
        return 200
    }

    @Test func readsJSONFromMemoryAndFromAFile() throws {
        let value: JSON = ["a": [1, true, nil], "b": "ü"]
        #expect(try request("application/json", .bytes(value.bytes)).json() == value)
        #expect(try request("Application/JSON; charset=utf-8", .bytes(value.bytes)).json() == value)
        let path = "/tmp/bodega-json-\(getpid())"
        defer { unlink(path) }
        try Files.replace(path, with: value.bytes)
        let body = Request.Body.file(path: path, length: Int64(value.bytes.count))
        #expect(try request("application/json", body).json() == value)
    }

    @Test func checksInTheOrderOfTheContract() throws {
        let long = try request("text/csv", .bytes(Array("not json".utf8)))
        #expect(status { _ = try long.json(limit: 7) } == 413)
        #expect(status { _ = try long.json(limit: 8) } == 415)
        #expect(status { _ = try long.json(limit: 8, types: ["text/csv"]) } == 400)
        #expect(status { _ = try long.form(limit: 7) } == 413)
        #expect(status { _ = try long.form(limit: 8) } == 415)
        #expect(status { _ = try request(nil, .none).json() } == 415)
        #expect(status { _ = try request("application/json", .none).json() } == 400)
        #expect(status { _ = try request("application/merge-patch+json", .bytes([0x31])).json() } == 415)
        let merge = try request("application/merge-patch+json", .bytes([0x31]))
        #expect(try merge.json(types: ["application/merge-patch+json", "application/json"]) == 1)
    }

    @Test func aFileThatGrewOrWentIsAnErrorOfItsOwn() throws {
        let path = "/tmp/bodega-grown-\(getpid())"
        try Files.replace(path, with: Array("[1,2,3]".utf8))
        let grown = try request("application/json", .file(path: path, length: 1))
        #expect(status { _ = try grown.json(limit: 6) } == 413)
        unlink(path)
        #expect(status { _ = try grown.json() } == 500)
        #expect(status { _ = try grown.multipart() } == 500)
    }

    @Test func saysWhereItIsNotJSON() throws {
        do {
            _ = try request("application/json", .bytes(Array("{\"a\": tru}".utf8))).json()
            Issue.record("read what is not JSON")
        } catch let error as WebError {
            #expect(error.status == 400)
            #expect(error.code == "not_json")
            #expect(error.members == [JSON.Member("offset", 6)])
            #expect(error.detail == "The body is not JSON at byte 6: a value was expected.")
        }
        let deep = Array(String(repeating: "[", count: 100_000).utf8)
        #expect(status { _ = try request("application/json", .bytes(deep)).json() } == 400)
        let nested = Array("[[1]]".utf8)
        #expect(status { _ = try request("application/json", .bytes(nested)).json(depth: 1) } == 400)
        #expect(status { _ = try request("application/json", .bytes(nested)).json(depth: 2) } == 200)
    }

    @Test func readsForms() throws {
        let type = "application/x-www-form-urlencoded"
        let fields = try request(type, .bytes(Array("a=1&b=x+y%26&a=2&c".utf8))).form()
        #expect(fields.values("a") == ["1", "2"])
        #expect(fields["b"] == "x y&")
        #expect(fields["c"] == "")
        #expect(try request(type, .none).form().isEmpty)
        for broken in ["a=%", "a=%FF", "a=%00", "%00=1"] {
            #expect(status { _ = try request(type, .bytes(Array(broken.utf8))).form() } == 400, "\(broken)")
        }
        #expect(status { _ = try request(type, .bytes([0xFF])).form() } == 400)
    }

    @Test func readsTheTextPartsOfAMultipartForm() throws {
        let body = """
            --b\r
            Content-Disposition: form-data; name="csrf_token"\r
            \r
            t0ken\r
            --b\r
            Content-Disposition: form-data; name="file"; filename="a.csv"\r
            \r
            sku\r
            --b--\r

            """
        let fields = try request("multipart/form-data; boundary=b", .bytes(Array(body.utf8))).form()
        #expect(fields == ["csrf_token": "t0ken"])
        #expect(status { _ = try request("multipart/form-data; boundary=c", .bytes(Array(body.utf8))).form() } == 400)
    }
}
