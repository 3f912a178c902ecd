import Support
import Testing
import Web

@Suite struct RequestTests {
    @Test(arguments: [
        ("/", [""]), ("/a/b", ["a", "b"]), ("/a/", ["a", ""]), ("//a", ["", "a"]), ("/a%2Fb/%20", ["a/b", " "]),
        ("/a+b", ["a+b"]), ("/%E2%82%AC", ["€"]), ("/a?b/c", ["a"]),
    ])
    func splitsBeforeItDecodes(target: String, segments: [String]) throws {
        #expect(try #require(Request(.get, target)).segments == segments)
    }

    @Test(arguments: ["", "a", "*", "http://x/", "/%", "/%zz", "/%FF", "/%00", "/?a=%", "/?%00", "/?a=%FF"])
    func refusesTargetsThatCannotBeRead(target: String) {
        #expect(Request(.get, target) == nil)
    }

    @Test func keepsTheQuery() throws {
        let request = try #require(Request(.get, "/x?a=1&b=%26+&a=2&c&=d&&e=f?g=h"))
        #expect(request.rawQuery == "a=1&b=%26+&a=2&c&=d&&e=f?g=h")
        #expect(request.query.values("a") == ["1", "2"])
        #expect(request.query["b"] == "& ")
        #expect(request.query["c"] == "")
        #expect(request.query[""] == "d")
        #expect(request.query["e"] == "f?g=h")
        #expect(request.query.names == ["a", "b", "c", "", "e"])
        #expect(request.target == "/x?a=1&b=%26+&a=2&c&=d&&e=f?g=h")
        #expect(try #require(Request(.get, "/x?")).target == "/x")
    }

    @Test func headersIgnoreTheCaseOfASCIIOnly() throws {
        var fields = Fields.headers(["Content-Type": "a", "X-K": "b"])
        #expect(fields["content-TYPE"] == "a")
        #expect(fields["X-\u{212A}"] == nil)
        fields.set("CONTENT-TYPE", "c")
        #expect(fields.all.map(\.value) == ["b", "c"])
        fields.remove("x-k")
        #expect(fields.all.map(\.name) == ["CONTENT-TYPE"])
        #expect(Fields(dictionaryLiteral: ("a", "1"))["A"] == nil)
        #expect((["a b": "c&d", "e": ""] as Fields).queryString == "a%20b=c%26d&e=")
    }

    @Test func readsCookiesAndTypes() throws {
        let headers = Fields.headers([
            "Cookie": "a=1; b=x=y;c = 3 ; a=2; broken", "Content-Type": " Text/CSV ; header=x",
        ])
        let request = try #require(Request(.post, "/api/x", headers: headers))
        #expect(request.cookies == ["a": "1", "b": "x=y", "c": "3"])
        #expect(request.contentType == "text/csv")
        #expect(request.isAPI)
        #expect(try #require(Request(.get, "/apis")).isAPI == false)
    }
}
