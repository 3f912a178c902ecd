import Testing
import Web

@Suite struct ByteRangeTests {
    private func range(_ header: String?, ifRange: String? = nil, method: Web.Method = .get) throws -> Range<Int64>? {
        var headers = Fields.headers()
        if let header { headers.append("Range", header) }
        if let ifRange { headers.append("If-Range", ifRange) }
        return try #require(Request(method, "/file", headers: headers)).byteRange(of: 100, tag: "t")
    }

    @Test func aRangeIsWhatTheStandardSays() throws {
        #expect(try range("bytes=0-2") == 0..<3)
        #expect(try range("Bytes=10-") == 10..<100)
        #expect(try range("bytes=-10") == 90..<100)
        #expect(try range("bytes=-1000") == 0..<100)
        #expect(try range("bytes=99-99") == 99..<100)
        #expect(try range("bytes=50-9223372036854775807") == 50..<100)
        #expect(try range("bytes=5-6", ifRange: "\"t\"") == 5..<7)
    }

    @Test(arguments: [
        "bytes=", "bytes=-", "bytes=3-2", "bytes=a-b", "bytes=0-1,3-4", "rows=0-1", "bytes=+1-2", "bytes=1--2",
        "bytes=99999999999999999999-", "bytes=0-99999999999999999999", "bytes 0-1", "",
    ])
    func whatIsNoRangeMeansTheWhole(_ header: String) throws {
        #expect(try range(header) == nil)
    }

    @Test func theWholeWhereARangeWouldMixVersions() throws {
        #expect(try range(nil) == nil && range("bytes=0-1", method: .head) == nil)
        #expect(try range("bytes=0-1", ifRange: "\"other\"") == nil)
        #expect(try range("bytes=0-1", ifRange: "Sat, 21 Nov 2026 00:00:00 GMT") == nil)
    }

    @Test(arguments: ["bytes=100-", "bytes=100-200", "bytes=-0"])
    func whatIsNotThereIs416(_ header: String) throws {
        let error = try #require(throws: WebError.self) { try range(header) }
        #expect(error.status == 416 && error.headers["Content-Range"] == "bytes */100")
    }
}
