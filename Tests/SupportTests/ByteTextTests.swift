import Support
import TestSupport
import Testing

@Suite("Texts that are compared by their bytes") struct ByteTextTests {
    private let composed = "\u{E9}"
    private let decomposed = "e\u{301}"

    @Test("Two spellings of a letter are two names")
    func spellings() throws {
        #expect(composed == decomposed && !composed.hasSameBytes(as: decomposed))
        #expect(Set([ByteText(composed), ByteText(decomposed), ByteText(composed)]).count == 2)
        #expect("a".comesBefore("b") && "a".comesBefore("ab") && !"b".comesBefore("a") && !"a".comesBefore("a"))
        #expect("".comesBefore("a") && "".hasSameBytes(as: ""))
        #expect("z".comesBefore(composed), "UTF-8 bytes, not letters")
        let both = try JSON.parse("{\"\(composed)\":1,\"\(decomposed)\":2}")
        #expect(both[composed]?.intValue == 1 && both[decomposed]?.intValue == 2)
        #expect(JSON.string(composed) != JSON.string(decomposed))
        #expect(Set<JSON>([["a": .string(composed)], ["a": .string(decomposed)]]).count == 2)
    }

    @Test("A name that stands twice is quoted in short")
    func twice() throws {
        let long = String(repeating: "n", count: 5000)
        let error = #expect(throws: JSONError.self) { try JSON.parse("{\"\(long)\":1,\"\(long)\":2}") }
        #expect(error?.reason.utf8.count ?? 0 < 200)
    }

    @Test("So many combining marks in a row are refused where others send them, and only there")
    func marks() throws {
        let most = "e\(String(repeating: "\u{301}", count: String.mostMarks))"
        #expect(most.isStreamSafe && !"\(most)\u{316}".isStreamSafe)
        #expect("\(most)e\(most)".isStreamSafe)
        #expect(throws: JSONError.self) { try JSON.parse("[\"\(most)\u{316}\"]", isForeign: true) }
        #expect(throws: JSONError.self) { try JSON.parse("{\"\(most)\u{316}\":1}", isForeign: true) }
        #expect(try JSON.parse("[\"\(most)\"]", isForeign: true) == [.string(most)])
        #expect(try JSON.parse("[\"\(most)\u{316}\"]").arrayValue?.count == 1)
    }

    @Test("What is quoted is cut between characters")
    func shortened() {
        #expect("abc".shortened(to: 3) == "abc" && "abcd".shortened(to: 3) == "abc…")
        #expect("äöü".shortened(to: 3) == "äöü" && "äöüx".shortened(to: 3) == "äöü…")
    }

    @Test(
        "Reading JSON is linear",
        arguments: jsonGrowths
    )
    func linear(_ growth: Growth) throws {
        #expect(try growth.ratio() < Growth.most)
    }
}

extension Growth {
    /// Of reading a text, without and with what is asked of texts from outside.
    fileprivate init(_ name: String, _ text: @escaping @Sendable (Int) -> String) {
        self.init(name, 8000) { count in
            let bytes = Array(text(count).utf8)
            return {
                _ = try? JSON.parse(bytes)
                _ = try? JSON.parse(bytes, isForeign: true)
            }
        }
    }
}

private func markRun(_ count: Int) -> String {
    String(String.UnicodeScalarView((0..<count).map { $0 % 2 == 0 ? "\u{301}" : "\u{316}" }))
}

private let jsonGrowths: [Growth] = [
    Growth("members") { "{\((0..<$0).map { "\"n\($0)\":1" }.joined(separator: ","))}" },
    Growth("names that only differ at the end") { count in
        let stem = String(repeating: "n", count: 200)
        return "{\((0..<count / 8).map { "\"\(stem)\($0)\":1" }.joined(separator: ","))}"
    },
    Growth("names of combining marks") { count in
        let run = markRun(count)
        return "{\"a\(run)\u{301}\":1,\"a\(run)\u{316}\":2}"
    },
    Growth("empty lists") { "[\((0..<$0).map { _ in "[]" }.joined(separator: ","))]" },
    Growth("a number") { String(repeating: "7", count: $0 * 8) },
    Growth("a string") { "\"\(String(repeating: "x", count: $0 * 8))\"" },
    Growth("escapes") { "\"\(String(repeating: "\\u00e9\\n", count: $0))\"" },
]
