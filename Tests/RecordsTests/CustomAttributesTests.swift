import Support
import Testing

@testable import Records

@Suite struct CustomAttributesTests {
    private func refusal(_ text: String) -> CustomAttributes.Refusal? {
        do throws(CustomAttributes.Refusal) {
            _ = try CustomAttributes(parsing: text)
            return nil
        } catch {
            return error
        }
    }

    @Test func equalOnesHaveEqualBytes() throws {
        let one = try CustomAttributes(parsing: #" { "b" : "2", "a":"1", "Ä": "x\ny" } "#)
        let other = try CustomAttributes(parsing: #"{"Ä":"x\ny","a":"1","b":"2"}"#)
        #expect(one.text == #"{"a":"1","b":"2","Ä":"x\ny"}"#)
        #expect(one == other)
        #expect(try CustomAttributes(parsing: one.text).text == one.text)
    }

    @Test func whatIsRefused() throws {
        #expect(refusal("") == .notAnObject)
        #expect(refusal("[1]") == .notAnObject)
        #expect(refusal(#"{"a":1}"#) == .notText(name: "a"))
        #expect(refusal(#"{"a":null}"#) == .notText(name: "a"))
        #expect(refusal(#"{"a":{"b":"c"}}"#) == .notText(name: "a"))
        #expect(refusal(#"{"":"x"}"#) == .badName(""))
        #expect(refusal(#"{" a":"x"}"#) == .badName(" a"))
        #expect(refusal(#"{"a\u0000":"x"}"#) == .badName("a\u{0}"))
        #expect(refusal(#"{"a":"\u0007"}"#) == .controlCharacter(name: "a"))
        let many = (0...CustomAttributes.maxCount).map { CustomAttributes.Attribute("n\($0)", "x") }
        #expect(throws: CustomAttributes.Refusal.tooMany(1001)) { try CustomAttributes(many) }
        #expect(try CustomAttributes(Array(many.dropLast())).all.count == 1000)
        let long = CustomAttributes.Attribute("a", String(repeating: "x", count: CustomAttributes.maxBytes))
        #expect(throws: CustomAttributes.Refusal.tooLong(CustomAttributes.maxBytes + 8)) {
            try CustomAttributes([long])
        }
    }

    @Test func peopleTypeThemInLines() throws {
        let typed = try CustomAttributes(typed: "Size: XL\r\n\n Colour :  red: dark \n")
        #expect(typed.text == #"{"Colour":"red: dark","Size":"XL"}"#)
        #expect(typed.lines == "Colour: red: dark\nSize: XL")
        #expect(throws: CustomAttributes.Refusal.badName("nothing said")) {
            try CustomAttributes(typed: "nothing said")
        }
        #expect(try CustomAttributes(typed: #" {"a":"b"} "#).text == #"{"a":"b"}"#)
        // What lines cannot say is shown as JSON and read again.
        for text in [#"{"a:b":"c"}"#, #"{"a":""}"#, #"{"a":" x"}"#, #"{"a":"x\ny"}"#, #"{"{a":"x"}"#] {
            let attributes = try CustomAttributes(parsing: text)
            #expect(attributes.lines == text)
            #expect(try CustomAttributes(typed: attributes.lines) == attributes)
        }
    }

    @Test func patchesMerge() throws {
        let stored = try CustomAttributes(parsing: #"{"a":"1","b":"2"}"#)
        #expect(try stored.merging(["b": nil, "c": "3"]).text == #"{"a":"1","c":"3"}"#)
        #expect(try stored.merging([:]) == stored)
        #expect(throws: CustomAttributes.Refusal.notText(name: "a")) { try stored.merging(["a": 1]) }
    }
}
