import Support
import TestSupport
import Testing

@testable import Web

/// Whatever somebody sends is read in a time that grows with its length, not with its square.
@Suite("Requests are read in linear time") struct WebGrowthTests {
    @Test(
        arguments: requestGrowths
    )
    func linear(_ growth: Growth) throws {
        #expect(try growth.ratio() < Growth.most)
    }

    @Test("A run of combining marks is refused in the path, the query and a form")
    func marks() throws {
        let marks = String(repeating: "%CC%81", count: String.mostMarks + 1)
        #expect(Request(.get, "/a\(marks)") == nil && Request(.get, "/?q=a\(marks)") == nil)
        #expect(Request(.get, "/a\(String(repeating: "\u{301}", count: String.mostMarks + 1))") == nil)
        #expect(decodeForm("a=\(marks)") == nil)
        #expect(decodeForm("a=\(String(marks.dropLast(6)))") != nil)
    }

    @Test("A hundred problems are told, however many there are")
    func problems() {
        let many = (0..<1000).map { Problem("n\($0)", "bad", "Bad.") }
        #expect(WebError.invalid(many).problems.count == 100)
    }
}

private let requestGrowths: [Growth] = [
    Growth("a path of segments", 4000) { count in
        let path = String(repeating: "/a%2Fb", count: count)
        return { _ = Request(.get, path) }
    },
    Growth("a query of many names", 4000) { count in
        let query = (0..<count).map { "n\($0)=v" }.joined(separator: "&")
        return {
            let request = Request(.get, "/?\(query)")
            #expect(throws: WebError.self) { try request?.checkParameters(["a", "b"]) }
            _ = request?.query.names
        }
    },
    Growth("one name many times", 4000) { count in
        let query = String(repeating: "a=1&", count: count)
        return {
            let request = Request(.get, "/?\(query)")
            #expect(throws: WebError.self) { try request?.checkParameters(["a", "b"]) }
        }
    },
    Growth("a cookie header", 4000) { count in
        let header = (0..<count).map { "c\($0)=v" }.joined(separator: "; ")
        return { _ = Request(.get, "/", headers: .headers(["Cookie": header]))?.cookies }
    },
    Growth("parameters of a header", 4000) { count in
        let header = "form-data\((0..<count).map { "; p\($0)=v" }.joined())"
        return { _ = HeaderParameters(header) }
    },
    Growth("headers of many names", 4000) { count in
        var headers = Fields.headers()
        for index in 0..<count { headers.append("X-\(index)", "v") }
        return { _ = Request(.get, "/", headers: headers)?.contentType }
    },
    Growth("a body that nearly holds the boundary", 160_000) { count in
        let body = Array(
            String(repeating: "\r\n--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", count: count / 44).utf8
        )
        return {
            let boundary = String(repeating: "a", count: 40)
            _ = try? Multipart(ByteSource(body), contentType: "multipart/form-data; boundary=\(boundary)")
        }
    },
    Growth("a list's sort", 20_000) { count in
        let sort = String(repeating: "name,", count: count)
        let rules = ListRules(sorts: ["id", "name"], defaultSort: ListSort("id"), filters: [])
        return { #expect(throws: WebError.self) { try rules.sort(sort) } }
    },
]
