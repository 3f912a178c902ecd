import Money
import Records
import Support
import TestSupport
import Testing
import Web

@testable import Catalog

@Suite("Values of metafields")
struct MetafieldValueTests {
    private let fixture: ImportFixture
    private let references: MetafieldReferences

    init() throws {
        fixture = try ImportFixture()
        references = MetafieldReferences(fixture.connection)
    }

    private func reader(_ type: String, _ rules: MetafieldRules = .none) throws -> MetafieldReader {
        try MetafieldReader(try #require(MetafieldType(type)), rules, .euro, references)
    }

    /// The stored text of what was written; the code where it is refused.
    private func stored(_ type: String, _ written: JSON, _ rules: MetafieldRules = .none) throws -> String {
        switch try reader(type, rules).read(written) {
        case .success(let value): value.stored
        case .failure(let fault): fault.code
        }
    }

    @Test("Every unit converts exactly as fractions say", arguments: MeasureExpectations.lines)
    func conversion(_ line: String) throws {
        let parts = line.split(separator: " ").map(String.init)
        let measure = try #require(Measure.named(parts[0]))
        let number = try #require(ExactNumber(parts[1]))
        let (from, to) = (try #require(measure.unit(parts[2])), try #require(measure.unit(parts[3])))
        let ratio = try #require(Measure.convert(number, from: from, to: to))
        #expect("\(ratio.numerator)/\(ratio.denominator)" == parts[4])
    }

    @Test("All tables of units are in the expectations, and no unit means two things")
    func tables() {
        let expected = Set(MeasureExpectations.lines.compactMap { $0.split(separator: " ").first.map(String.init) })
        for measure in Measure.all {
            #expect(expected.contains(measure.name) || measure.units.count == 1)
            let names = measure.units.flatMap { [$0.name] + $0.synonyms }
            #expect(Set(names).count == names.count)
            for unit in measure.units {
                #expect(measure.unit(unit.name) == unit)
                #expect(unit.synonyms.allSatisfy { measure.unit($0.uppercased()) == unit })
            }
        }
        let types = MetafieldType.all.map(\.name)
        #expect(Set(types).count == types.count && types.allSatisfy { MetafieldType($0)?.name == $0 })
    }

    @Test("What is written in several ways is stored in one")
    func canonical() throws {
        let cases: [(String, JSON, String)] = [
            ("number_integer", .number("42"), "42"), ("number_integer", "-7", "-7"),
            ("number_integer", "1.5", "bad_value"),
            ("number_integer", "9007199254740991", "9007199254740991"),
            ("number_integer", "9007199254740992", "bad_value"),
            ("number_decimal", "2.50", "2.5"), ("number_decimal", .number("1e3"), "1000"),
            ("number_decimal", "-0.0", "0"),
            ("number_decimal", "NaN", "bad_value"), ("number_decimal", .number("1e400"), "bad_value"),
            ("number_decimal", "0.0000000001", "bad_value"), ("number_decimal", "12345678901234", "bad_value"),
            ("boolean", true, "true"), ("boolean", "No", "false"), ("boolean", "perhaps", "bad_value"),
            ("date", "2024-02-29", "2024-02-29"), ("date", "2026-02-30", "bad_value"),
            ("date", "2026-2-3", "bad_value"),
            ("date_time", "2026-11-30T18:00:00+01:00", "2026-11-30T17:00:00.000Z"), ("date_time", "today", "bad_value"),
            ("color", "#F80", "#ff8800"), ("color", "#ff88001", "bad_value"), ("color", "red", "bad_value"),
            ("url", "https://example.com/a?b=c", "https://example.com/a?b=c"),
            ("url", "javascript:alert(1)", "bad_value"),
            ("url", "https://", "bad_value"), ("url", "https://a b", "bad_value"),
            ("url", "mailto:a@b.c", "mailto:a@b.c"),
            ("single_line_text_field", " oak ", "oak"), ("single_line_text_field", "a\nb", "control_character"),
            ("multi_line_text_field", "a\nb", "a\nb"), ("id", "", "bad_value"),
            ("json", "{\"b\": 1, \"a\": [true]}", "{\"a\":[true],\"b\":1}"), ("json", ["a": nil], "{\"a\":null}"),
            ("json", "{\"a\":1,\"a\":2}", "bad_value"), ("json", "nothing", "bad_value"),
            ("rich_text_field", ["type": "root", "children": []], "{\"children\":[],\"type\":\"root\"}"),
            ("rich_text_field", ["type": "leaf"], "bad_value"),
            ("money", "12.5", "{\"amount\":\"12.50\",\"currency_code\":\"EUR\"}"), ("money", "12.505", "bad_value"),
            ("money", ["amount": "3", "currency_code": "EUR"], "{\"amount\":\"3.00\",\"currency_code\":\"EUR\"}"),
            ("money", ["amount": "3", "currency_code": "USD"], "bad_value"),
            ("money", "-1.00 EUR", "{\"amount\":\"-1.00\",\"currency_code\":\"EUR\"}"),
            ("weight", "2.50 KG", "{\"value\":\"2.5\",\"unit\":\"kg\"}"),
            ("weight", ["value": 3, "unit": "POUNDS"], "{\"value\":\"3\",\"unit\":\"lb\"}"),
            ("weight", "3 cm", "bad_unit"),
            ("weight", "3", "bad_unit"), ("weight", "kg", "bad_value"),
            ("temperature", "-40 °F", "{\"value\":\"-40\",\"unit\":\"°F\"}"),
            ("power", "5 mW", "{\"value\":\"5\",\"unit\":\"mW\"}"),
            ("power", "5 MW", "{\"value\":\"5\",\"unit\":\"MW\"}"),
            ("rating", "3.5", "no_scale"),
            (
                "rating", ["value": "3.5", "scale_min": "1", "scale_max": "5"],
                "{\"value\":\"3.5\",\"scale_min\":\"1\",\"scale_max\":\"5\"}"
            ),
            ("rating", ["value": "6", "scale_min": "1", "scale_max": "5"], "too_large"),
            ("list.number_integer", [1, 2, "3"], "[\"1\",\"2\",\"3\"]"),
            ("list.number_integer", "1\n2", "[\"1\",\"2\"]"),
            ("list.color", ["#fff", "blue"], "bad_value"),
            ("list.weight", "1 kg\n2 g", "[{\"value\":\"1\",\"unit\":\"kg\"},{\"value\":\"2\",\"unit\":\"g\"}]"),
            ("list.single_line_text_field", [], "bad_value"), ("product_reference", "nothing", "no_such_product"),
            ("list.single_line_text_field", .array((0..<129).map { .string("\($0)") }), "too_many_values"),
            ("category_reference", "Nowhere > At all", "no_such_category"),
        ]
        for (type, written, expected) in cases {
            #expect(try stored(type, written) == expected, "\(type) \(written.text)")
        }
    }

    @Test("A stored value, its JSON and its cell are read again as the same bytes, for random values of every type")
    func roundTrip() throws {
        let product = try fixture.products.insert(Product(sku: "A-1", name: "Lamp"), fixture.context)
        var category = Category(name: "Wine", slug: "wine")
        category.parentID = nil
        _ = try CategoryStore(fixture.connection).insert(category, fixture.context)
        var random = SeededRandom(17)
        for type in MetafieldType.all {
            for _ in 0..<60 {
                let written =
                    type.isList
                    ? .array((0...Int(random.next() % 4)).map { _ in sample(type.kind, product.sku, &random) })
                    : sample(type.kind, product.sku, &random)
                let reader = try reader(type.name)
                let value = try reader.read(written).get()
                let again = MetafieldValue(stored: value.stored, type, .euro)
                #expect(again == value && again.key == value.key, "\(type.name) \(written.text)")
                #expect(try reader.read(value.json(references)).get() == value, "\(type.name) \(written.text)")
                guard type.kind != .rating else { continue }
                #expect(try reader.read(text: value.text(references)).get() == value, "\(type.name) \(written.text)")
            }
        }
    }

    private func sample(_ kind: MetafieldKind, _ sku: String, _ random: inout SeededRandom) -> JSON {
        let number = Int64(bitPattern: random.next()) % 1_000_000_000_000
        let places = Int(random.next() % 10)
        let decimal = "\(number < 0 ? "-" : "")\(abs(number) / 7).\(String(random.next()).prefix(max(1, places)))"
        let time = Timestamp(milliseconds: number)
        switch kind {
        case .singleLine, .multiLine, .id, .fileReference: return .string("Größe \(number) =1+1; \u{1F377} 青島")
        case .richText: return ["type": "root", "children": [["value": .string("a\(number)"), "type": "text"]]]
        case .integer: return .int(number)
        case .decimal: return .string(decimal)
        case .boolean: return .bool(number % 2 == 0)
        case .date: return .string(String(time.rfc3339.prefix(10)))
        case .dateTime: return .string(time.rfc3339)
        case .url: return .string("https://example.com/\(number)?q=%20")
        case .color:
            return .string("#\(String(String(0x1000000 + UInt64(abs(number)) % 0x1000000, radix: 16).dropFirst()))")
        case .json: return ["z": .string(decimal), "a": [.int(number), nil, true]]
        case .rating: return ["value": "3.5", "scale_min": "-1", "scale_max": .int(5 + abs(number))]
        case .money: return .string(Currency.euro.text(number))
        case .productReference: return .string(sku)
        case .categoryReference: return "wine"
        case .measurement(let measure):
            let unit = measure.units[Int(random.next() % UInt64(measure.units.count))]
            return .string("\(number / 1000) \(unit.name)")
        }
    }

    @Test("Numbers, quantities and moments sort by their keys as by their values")
    func order() throws {
        var random = SeededRandom(18)
        for _ in 0..<2000 {
            let left = try #require(ExactNumber("\(Int64(bitPattern: random.next()) % 5000)")).ratio
            let right = Ratio(Int128(Int64(bitPattern: random.next()) % 100_000), Int128(1 + random.next() % 999))
            let isLess = left.numerator * right.denominator < right.numerator * left.denominator
            #expect(left.orderKey.comesBefore(right.orderKey) == isLess, "\(left) \(right)")
        }
        func key(_ type: String, _ text: String) throws -> String { try reader(type).read(text: text).get().key }
        #expect(try key("weight", "1 kg") == key("weight", "1000 g"))
        #expect(try key("weight", "1 lb").comesBefore(key("weight", "1 kg")))
        #expect(try key("temperature", "-40 °C") == key("temperature", "-40 °F"))
        #expect(try key("date", "1969-12-31").comesBefore(key("date", "1970-01-01")))
        #expect(try key("money", "-2.00").comesBefore(key("money", "-1.99")))
        #expect(try key("single_line_text_field", "STRASSE") == key("single_line_text_field", "straße"))
    }

    @Test("A definition's rules are kept")
    func rules() throws {
        var weights = MetafieldRules()
        (weights.least, weights.most, weights.precision) = ("100 g", "2 kg", 1)
        #expect(try stored("weight", "50 g", weights) == "too_small")
        #expect(try stored("weight", "2000.1 g", weights) == "too_large")
        #expect(try stored("weight", "0.25 kg", weights) == "too_precise")
        #expect(try stored("weight", "2 kg", weights).contains("kg"))
        var codes = MetafieldRules()
        (codes.shortest, codes.longest, codes.pattern) = (3, 6, "[A-Z]{2}-?[0-9]+")
        #expect(try stored("id", "A", codes) == "too_short")
        #expect(try stored("id", "AB-12345", codes) == "too_long")
        #expect(try stored("id", "ab-1", codes) == "no_match")
        #expect(try stored("id", "AB-1", codes) == "AB-1")
        var sizes = MetafieldRules()
        sizes.choices = ["S", "M"]
        #expect(try stored("list.single_line_text_field", ["S", "L"], sizes) == "not_a_choice")
        #expect(try stored("list.single_line_text_field", ["M", "S"], sizes) == "[\"M\",\"S\"]")
    }

    @Test("Rules that contradict themselves or their type are refused")
    func badRules() throws {
        func codes(_ type: String, _ json: JSON) throws -> [String] {
            var rules = MetafieldRulesReader(try #require(MetafieldType(type)), try reader(type))
            try rules.read(json)
            return rules.problems.map(\.code)
        }
        #expect(try codes("number_integer", ["min": 5, "max": 4]) == ["wrong_order"])
        #expect(try codes("number_integer", ["regex": "a"]) == ["unknown_field"])
        #expect(try codes("id", ["regex": "(a", "min_length": "x"]) == ["bad_pattern", "bad_number"])
        #expect(try codes("rating", [:]) == ["no_scale"])
        #expect(try codes("rating", ["scale_min": 1, "scale_max": "5"]) == [])
        #expect(try codes("weight", ["max": "5 cm"]) == ["bad_unit"])
        #expect(try codes("color", ["choices": ["#fff", "blue"]]) == ["bad_value"])
    }
}
