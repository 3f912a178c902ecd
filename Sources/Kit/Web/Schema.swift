public import Support

/// What a JSON value may be: a JSON Schema (2020-12) as OpenAPI 3.1 takes it, put together from small parts so that a
/// feature's schemas read like a table.
public struct Schema: Sendable, Hashable {
    public var json: JSON

    public init(_ json: JSON) {
        self.json = json
    }

    /// A schema that the document defines under this name.
    public static func ref(_ name: String) -> Schema { Schema(["$ref": .string("#/components/schemas/\(name)")]) }

    /// A text.
    /// - Parameters:
    ///   - length: in Unicode scalars, as JSON Schema counts.
    ///   - pattern: ECMA-262; matches anywhere unless it is anchored.
    public static func text(
        _ description: String? = nil,
        length: ClosedRange<Int>? = nil,
        pattern: String? = nil,
        format: String? = nil
    ) -> Schema {
        var schema = Schema(["type": "string"])
        if let length {
            if length.lowerBound > 0 { schema.set("minLength", .int(length.lowerBound)) }
            if length.upperBound < Int.max { schema.set("maxLength", .int(length.upperBound)) }
        }
        if let pattern { schema.set("pattern", .string(pattern)) }
        if let format { schema.set("format", .string(format)) }
        return schema.described(description)
    }

    /// The bytes of a file. `format` is for generators that know OpenAPI 3.0, the media type is how 3.1 says the same.
    public static func file(_ description: String? = nil) -> Schema {
        text(description, format: "binary").with("contentMediaType", "application/octet-stream")
    }

    /// One of these words.
    public static func choice(_ words: [String], _ description: String? = nil) -> Schema {
        Schema(["type": "string", "enum": .array(words.map(JSON.string))]).described(description)
    }

    /// A whole number. An end at the greatest one that is kept is said by the format: as a number, clients that count
    /// in floating point cannot hold it.
    public static func integer(_ description: String? = nil, _ range: ClosedRange<Int64>? = nil) -> Schema {
        var schema = Schema(["type": "integer"])
        if let range {
            schema.set("minimum", .int(range.lowerBound))
            if range.upperBound == Int64.max {
                schema.set("format", "int64")
            } else {
                schema.set("maximum", .int(range.upperBound))
            }
        }
        return schema.described(description)
    }

    /// A number of things: 0 or more.
    public static func count(_ description: String? = nil) -> Schema { integer(description, 0...Int64.max) }

    public static func boolean(_ description: String? = nil) -> Schema {
        Schema(["type": "boolean"]).described(description)
    }

    /// An RFC 3339 time.
    public static func time(_ description: String? = nil) -> Schema { text(description, format: "date-time") }

    public static func list(of item: Schema, most: Int? = nil, _ description: String? = nil) -> Schema {
        var schema = Schema(["type": "array", "items": item.json])
        if let most { schema.set("maxItems", .int(most)) }
        return schema.described(description)
    }

    /// An object with these members and no others.
    /// - Parameter required: the names of those that are always there; all of them when left out.
    public static func object(
        _ members: KeyValuePairs<String, Schema>,
        required: [String]? = nil,
        _ description: String? = nil
    ) -> Schema {
        object(members.map { ($0.key, $0.value) }, required: required, description)
    }

    public static func object(
        _ members: [(name: String, schema: Schema)],
        required: [String]? = nil,
        _ description: String? = nil
    ) -> Schema {
        var schema = Schema(["type": "object"]).described(description)
        let needed = required ?? members.map(\.name)
        schema.set("properties", .object(members.map { JSON.Member($0.name, $0.schema.json) }))
        if !needed.isEmpty { schema.set("required", .array(needed.map(JSON.string))) }
        schema.set("additionalProperties", false)
        return schema
    }

    /// An object of values by names that are not known before.
    public static func map(
        of value: Schema,
        names: Schema? = nil,
        most: Int? = nil,
        _ description: String? = nil
    ) -> Schema {
        var schema = Schema(["type": "object"]).described(description)
        schema.set("additionalProperties", value.json)
        if let names { schema.set("propertyNames", names.json) }
        if let most { schema.set("maxProperties", .int(most)) }
        return schema
    }

    /// The page of a list: `items`, `next`, and `total` when it was asked for.
    /// - Parameter example: a record; the example is the page with it alone.
    public static func page(of name: String, example: JSON) -> Schema {
        object(
            [
                "items": .list(of: .ref(name), most: 1000),
                "next": .text("The address of the next page; null on the last one.").orNull,
                "total": .count("How many match, with `include=total`."),
            ],
            required: ["items", "next"]
        ).example(["items": [example], "next": nil])
    }

    /// Any JSON value.
    public static let anything = Schema(.object([]))

    // MARK: Changes

    /// This or null.
    public var orNull: Schema {
        guard let type = json["type"]?.stringValue else { return Schema(["anyOf": [json, ["type": "null"]]]) }
        var schema = self
        schema.set("type", [.string(type), "null"])
        if let words = json["enum"]?.arrayValue { schema.set("enum", .array(words + [.null])) }
        return schema
    }

    public func described(_ text: String?) -> Schema { text.map { with("description", .string($0)) } ?? self }

    public func example(_ value: JSON) -> Schema { with("examples", [value]) }

    /// What the server assumes where nothing is sent.
    public func defaultValue(_ value: JSON) -> Schema { with("default", value) }

    public func with(_ name: String, _ value: JSON) -> Schema {
        var schema = self
        schema.set(name, value)
        return schema
    }

    private mutating func set(_ name: String, _ value: JSON) {
        var members = json.members ?? []
        members.removeAll { $0.name == name }
        members.append(JSON.Member(name, value))
        json = .object(members)
    }
}

/// A schema under the name by which routes call it.
public struct NamedSchema: Sendable {
    public var name: String
    public var schema: Schema

    public init(_ name: String, _ schema: Schema) {
        self.name = name
        self.schema = schema
    }
}
