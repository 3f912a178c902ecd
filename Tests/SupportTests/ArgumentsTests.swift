import Support
import Testing

@Suite struct ArgumentsTests {
    @Test func takesOptionsFlagsAndPositionsInAnyOrder() throws {
        var arguments = Arguments(["a.csv", "--port", "8080", "--json", "--map=WineID=sku", "--map", "b=c", "out"])
        let flags = [arguments.flag("json"), arguments.flag("json")]
        #expect(flags == [true, false])
        let port = try arguments.int("port", in: 1...65535)
        #expect(port == 8080)
        let maps = try arguments.options("map")
        #expect(maps == ["WineID=sku", "b=c"])
        let missing = try arguments.option("missing")
        #expect(missing == nil)
        let words = [try arguments.next("FILE"), arguments.nextOptional(), arguments.nextOptional()]
        #expect(words == ["a.csv", "out", nil])
        try arguments.finish()
    }

    @Test func twoDashesEndTheOptions() throws {
        var arguments = Arguments(["--", "--json", "x"])
        let flag = arguments.flag("json")
        #expect(!flag)
        let words = [try arguments.next("FILE"), try arguments.next("FILE")]
        #expect(words == ["--json", "x"])
        try arguments.finish()
    }

    @Test func anEmptyValueIsAValue() throws {
        var arguments = Arguments(["--name="])
        let name = try arguments.option("name")
        #expect(name == "")
    }

    private static let cases: [(String, [String], @Sendable (inout Arguments) throws -> Void)] = [
        ("--port takes a whole number from 1 to 9, not 'x'.", ["--port", "x"], { _ = try $0.int("port", in: 1...9) }),
        ("--port takes a whole number from 1 to 9, not '10'.", ["--port=10"], { _ = try $0.int("port", in: 1...9) }),
        ("--name needs a value.", ["--name", "--other"], { _ = try $0.option("name") }),
        ("--name needs a value.", ["--name"], { _ = try $0.option("name") }),
        ("--a stands 2 times; once is enough.", ["--a", "1", "--a=2"], { _ = try $0.option("a") }),
        ("Unknown option --other.", ["--other"], { try $0.finish() }),
        ("Unexpected word 'extra'.", ["extra"], { try $0.finish() }),
        ("Unexpected word '--x'.", ["--", "--x"], { try $0.finish() }),
        ("FILE is missing.", [], { _ = try $0.next("FILE") }),
    ]

    @Test func namesWhatIsWrong() {
        for (message, words, work) in Self.cases {
            var arguments = Arguments(words)
            #expect(throws: UsageError(message)) { try work(&arguments) }
        }
    }
}
