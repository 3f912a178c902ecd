import Glibc
import Support
import Testing

@testable import Web

@Suite struct MultipartTests {
    private static let type = "multipart/form-data; boundary=X"

    private func parse(_ body: String, type: String = type, window: Int = 256 << 10) throws -> Multipart {
        try Multipart(ByteSource(Array(body.utf8)), contentType: type, windowSize: window)
    }

    /// `name[/filename]=content` a part, so that a test reads as a line.
    private func summary(_ body: String, type: String = type, window: Int = 256 << 10) throws -> [String] {
        let bytes = Array(body.utf8)
        return try parse(body, type: type, window: window).parts.map { part in
            let content = bytes[Int(part.range.lowerBound)..<Int(part.range.upperBound)]
            let file = part.filename.map { "/\($0)" } ?? ""
            return "\(part.name)\(file)=\(String(decoding: content, as: UTF8.self))"
        }
    }

    private func detail(_ body: String, type: String = type) -> String {
        do {
            return "read: \(try summary(body, type: type))"
        } catch let error as WebError {
            return "\(error.status) \(error.code ?? ""): \(error.detail)"
        } catch {
            return "\(error)"
        }
    }

    private static func part(_ name: String, _ content: String, extra: String = "") -> String {
        "--X\r\nContent-Disposition: form-data; name=\"\(name)\"\(extra)\r\n\r\n\(content)\r\n"
    }

    @Test func findsPartsInAnyOrder() throws {
        let file = Self.part("file", "sku,name\r\n1,a\r\n", extra: "; filename=\"a.csv\"\r\nContent-Type: text/csv")
        let mode = Self.part("mode", "upsert")
        #expect(try summary("\(file)\(mode)--X--\r\n") == ["file/a.csv=sku,name\r\n1,a\r\n", "mode=upsert"])
        #expect(try summary("\(mode)\(file)--X--\r\n") == ["mode=upsert", "file/a.csv=sku,name\r\n1,a\r\n"])
        let parsed = try parse("\(file)\(mode)--X--\r\n")
        #expect(parsed.parts[0].contentType == "text/csv")
        #expect(parsed.files.map(\.name) == ["file"])
        #expect(try parsed.fields() == ["mode": "upsert"])
    }

    @Test(
        arguments: [
            ("an empty form", "--X--\r\n", []),
            ("an empty form without its last line break", "--X--", []),
            ("an empty part", "\(part("a", ""))--X--\r\n", ["a="]),
            (
                "an empty part that shares its line break",
                "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n--X--", ["a="]
            ),
            ("a preamble and an epilogue", "hello\r\n\(part("a", "1"))--X--\r\nbye\r\n--X\r\n", ["a=1"]),
            ("a line break before the first boundary", "\r\n\(part("a", "1"))--X--", ["a=1"]),
            (
                "blanks behind the boundary",
                "--X \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X--  \r\n", ["a=1"]
            ),
            (
                "a line that begins like a boundary", "\(part("a", "\r\n--XY\r\n--X-\r\n--X--Y"))--X--",
                ["a=\r\n--XY\r\n--X-\r\n--X--Y"]
            ),
            ("a boundary inside a line", "\(part("a", "b--X\r\n"))--X--", ["a=b--X\r\n"]),
            ("bare line breaks", "\(part("a", "1\n--X\n2\r--X\r"))--X--", ["a=1\n--X\n2\r--X\r"]),
            ("line breaks at both ends", "\(part("a", "\r\n\r\n1\r\n\r\n"))--X--", ["a=\r\n\r\n1\r\n\r\n"]),
            ("a repeated carriage return", "\(part("a", "1\r\r\n\r"))--X--", ["a=1\r\r\n\r"]),
        ] as [(String, String, [String])]
    )
    func cutsExactly(name: String, body: String, expected: [String]) throws {
        #expect(try summary(body) == expected, "\(name)")
        // The same through every small window: a delimiter then stands across a border at some size.
        for window in 1...64 { #expect(try summary(body, window: window) == expected, "\(name), window \(window)") }
    }

    @Test func aDelimiterAcrossAnyWindowBorderIsFound() throws {
        for length in 0..<80 {
            let content = String(repeating: "x", count: length)
            for window in 10...30 {
                let found = try summary("\(Self.part("a", content))\(Self.part("b", "2"))--X--", window: window)
                try #require(found == ["a=\(content)", "b=2"], "length \(length), window \(window)")
            }
        }
    }

    @Test(arguments: [
        ("; filename=\"a b.csv\"", "a b.csv"),
        ("; filename=plain.csv", "plain.csv"),
        ("; filename=\"\"", ""),
        ("; filename=\"größe 尺寸.csv\"", "größe 尺寸.csv"),
        ("; filename=\"a%22b%0D%0ac%25.csv\"", "a\"b\r\nc%25.csv"),
        ("; filename=\"a\\\"b.csv\"; x=\"y\"", "a\"b.csv"),
        ("; filename=\"C:\\data\\new.csv\"", "C:\\data\\new.csv"),
        ("; filename=\"\\\\server\\x\"", "\\server\\x"),
        ("; filename=\"ends\\\"", "ends\\"),
        ("; filename=\"a;b.csv\"", "a;b.csv"),
        ("; filename*=UTF-8''%e2%82%ac%20rates.csv", "€ rates.csv"),
        ("; filename=\"x.csv\"; filename*=utf-8'en'y.csv", "y.csv"),
        ("; filename*=ISO-8859-1''%e9.csv; filename=\"x.csv\"", "x.csv"),
        ("; FileName = \"spaced.csv\" ;", "spaced.csv"),
    ])
    func readsFilenamesAsTheyAreSent(parameter: String, expected: String) throws {
        let parts = try parse("\(Self.part("file", "1", extra: parameter))--X--").parts
        #expect(parts.map(\.filename) == [expected])
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=X", true),
        ("Multipart/Form-Data; charset=utf-8; BOUNDARY=\"X\"", true),
        ("multipart/form-data;boundary=X;", true),
        ("multipart/form-data", false),
        ("multipart/form-data; boundary=", false),
        ("multipart/form-data; boundary=\"X", false),
        ("multipart/form-data; boundary=\"\"", false),
        ("multipart/form-data; boundary=\"X \"", false),
        ("multipart/form-data; boundary=é", false),
        ("multipart/form-data; boundary=X; boundary=X", false),
        ("multipart/form-data; boundary=\(String(repeating: "X", count: 71))", false),
    ])
    func readsTheBoundary(type: String, isGood: Bool) throws {
        let answer = detail("\(Self.part("a", "1"))--X--", type: type)
        #expect(isGood ? answer == "read: [\"a=1\"]" : answer.hasPrefix("400 bad_multipart: "), "\(answer)")
    }

    @Test func boundariesUpTo70CharactersWithAnythingPrintable() throws {
        let boundary = "'()+_,-./:=? \(String(repeating: "b", count: 57))"
        let body = "--\(boundary)\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--\(boundary)--"
        #expect(try summary(body, type: "multipart/form-data; boundary=\"\(boundary)\"") == ["a=1"])
        #expect(throws: WebError.self) { try parse("--X--", type: "multipart/mixed; boundary=X") }
        #expect(detail("", type: "text/csv").hasPrefix("415 "))
    }

    @Test(arguments: [
        ("", "400 bad_multipart: The boundary of the Content-Type does not appear in the body."),
        ("--Y--", "400 bad_multipart: The boundary of the Content-Type does not appear in the body."),
        ("--X", "400 bad_multipart: The boundary of the Content-Type does not appear in the body."),
        ("--X\r\n", "400 bad_multipart: The body ends inside the headers of part 1: it was cut off."),
        ("--X\r\nContent-Disp", "400 bad_multipart: The body ends inside the headers of part 1: it was cut off."),
        (part("file", "1"), "400 bad_multipart: The body ends inside part 1 ('file'): it was cut off."),
        ("\(part("a", "1"))--X-", "400 bad_multipart: The body ends inside part 1 ('a'): it was cut off."),
        (
            "\(part("a", "1"))\(part("b", "2"))",
            "400 bad_multipart: The body ends inside part 2 ('b'): it was cut off."
        ),
        (
            "--X\r\n\r\n1\r\n--X--",
            "400 bad_multipart: Part 1 has no Content-Disposition of form-data with a name."
        ),
        (
            "--X\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--X--",
            "400 bad_multipart: Part 1 has no Content-Disposition of form-data with a name."
        ),
        (
            "--X\r\nContent-Disposition: form-data\r\n\r\n1\r\n--X--",
            "400 bad_multipart: Part 1 has no Content-Disposition of form-data with a name."
        ),
        ("--X\r\nnonsense\r\n\r\n1\r\n--X--", "400 bad_multipart: A header line of part 1 cannot be read."),
        ("--X\r\nA: b\nC: d\r\n\r\n1\r\n--X--", "400 bad_multipart: A header line of part 1 cannot be read."),
        ("--X\r\n folded: x\r\n\r\n1\r\n--X--", "400 bad_multipart: A header line of part 1 cannot be read."),
        (
            part("a", "1", extra: "\r\nContent-Disposition: form-data; name=b"),
            "400 bad_multipart: A header line of part 1 cannot be read."
        ),
        (
            part("a", "1", extra: "\r\nContent-Transfer-Encoding: BASE64"),
            "400 bad_multipart: Part 1 is encoded as 'base64'; send the bytes as they are."
        ),
        (
            part("a", "1", extra: "; filename*=ISO-8859-1''%e9"),
            "400 bad_multipart: The filename* of part 1 is not percent-encoded UTF-8."
        ),
    ])
    func namesWhatIsWrong(body: String, expected: String) {
        #expect(detail(body) == expected)
    }

    @Test func headersAreLimitedInSizeAndPartsInNumber() throws {
        let limit = Multipart.Limit.headers
        let head = "--X\r\nContent-Disposition: form-data; name=a\r\nX: "
        let room = limit - (head.utf8.count - 5) - 4
        let fits = "\(head)\(String(repeating: "y", count: room))\r\n\r\n1\r\n--X--"
        let over = "\(head)\(String(repeating: "y", count: room + 1))\r\n\r\n1\r\n--X--"
        #expect(try summary(fits) == ["a=1"])
        #expect(detail(over) == "400 bad_multipart: The headers of part 1 are longer than \(limit) bytes.")
        let parts = (1...Multipart.Limit.parts).map { Self.part("p\($0)", "") }.joined()
        #expect(try summary("\(parts)--X--").count == 64)
        #expect(
            detail("\(parts)\(Self.part("last", ""))--X--") == "400 bad_multipart: The body has more than 64 parts."
        )
    }

    @Test func textPartsAreSmallUTF8() throws {
        let limit = Multipart.Limit.text
        for (content, isGood) in [
            (String(repeating: "x", count: limit), true), (String(repeating: "x", count: limit + 1), false),
            ("a\0b", false), ("€", true), ("", true),
        ] {
            let parsed = try parse("\(Self.part("a", content))--X--")
            if isGood {
                #expect(try parsed.text(of: parsed.parts[0]) == content)
            } else {
                #expect(throws: WebError.self) { try parsed.text(of: parsed.parts[0]) }
            }
        }
        let bytes = Array(Self.part("a", "").utf8.dropLast(2)) + [0xFF] + Array("\r\n--X--".utf8)
        let parsed = try Multipart(ByteSource(bytes), contentType: Self.type)
        #expect(throws: WebError.self) { try parsed.fields() }
    }

    @Test func anEmptyFileInputIsNotAFile() throws {
        let empty = Self.part("file", "", extra: "; filename=\"\"\r\nContent-Type: application/octet-stream")
        let unnamed = Self.part("file", "1", extra: "; filename=\"\"")
        #expect(try parse("\(empty)--X--").files.isEmpty)
        #expect(try parse("\(unnamed)--X--").files.count == 1)
        #expect(try parse("\(empty)--X--").fields().isEmpty)
    }

    @Test func findsRangesInASpooledFileOfSeveralWindows() throws {
        let path = "/tmp/bodega-multipart-\(getpid())"
        defer { unlink(path) }
        var content: [UInt8] = []
        for number in 0..<100_000 { content += "\(number),\r\n--X not quite\r\n".utf8 }
        let head = Array("--X\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n".utf8)
        try Files.replace(path, with: head + content + Array("\r\n\(Self.part("mode", "upsert"))--X--\r\n".utf8))
        let size = try #require(Files.size(path))
        let headers: Fields = .headers(["Content-Type": Self.type])
        let body = Request.Body.file(path: path, length: size)
        let request = try #require(Request(.post, "/", headers: headers, body: body))
        let parsed = try request.multipart()
        #expect(parsed.parts.map(\.name) == ["file", "mode"])
        #expect(parsed.parts[0].range == Int64(head.count)..<Int64(head.count + content.count))
        #expect(try request.form(limit: 8 << 20) == ["mode": "upsert"])
        #expect(throws: WebError.self) { try request.form(limit: 1000) }
    }

    @Test func aSourceThatGivesFewBytesAtATimeIsReadWhole() throws {
        let bytes = Array("\(Self.part("a", "12345"))--X--".utf8)
        let slow = ByteSource(length: Int64(bytes.count)) { (offset, buffer) throws(SystemError) in
            guard Int(offset) < bytes.count, let first = buffer.baseAddress else { return 0 }
            first.storeBytes(of: bytes[Int(offset)], as: UInt8.self)
            return 1
        }
        let parsed = try Multipart(slow, contentType: Self.type, windowSize: 8)
        #expect(try parsed.fields() == ["a": "12345"])
        let broken = ByteSource(length: 100) { (_, _) throws(SystemError) in throw SystemError("read", code: EIO) }
        do {
            _ = try Multipart(broken, contentType: Self.type)
            Issue.record("a source that cannot be read was read")
        } catch {
            #expect(error.status == 500)
            #expect(error.cause?.hasPrefix("read: ") == true)
        }
    }
}
