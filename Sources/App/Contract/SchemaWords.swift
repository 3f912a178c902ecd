import Support
import Web

/// A schema in words, for people.
struct SchemaWords {
    let schema: JSON

    /// `text, at most 128 characters`, `one of draft, active, archived`.
    var text: String {
        if let name = Self.reference(schema) { return name }
        if let choices = schema["anyOf"]?.arrayValue {
            return choices.map { SchemaWords(schema: $0).text }.joined(separator: " or ")
        }
        if let value = schema["const"]?.stringValue { return value.isEmpty ? "an empty text" : "\"\(value)\"" }
        if let words = schema["enum"]?.arrayValue {
            let list = words.map { $0.stringValue ?? "null" }
            return list.count == 1 ? list[0] : "one of \(list.joined(separator: ", "))"
        }
        let types =
            schema["type"]?.arrayValue?.compactMap(\.stringValue) ?? [schema["type"]?.stringValue ?? "any value"]
        let words = types.map { type in type == "null" ? "null" : one(type) }
        return words.joined(separator: " or ")
    }

    /// The names of the schemas that stand in it.
    var references: [String] {
        if let name = Self.reference(schema) { return [name] }
        let parts =
            (schema["anyOf"]?.arrayValue ?? []) + [schema["items"], schema["additionalProperties"]].compactMap { $0 }
        return parts.flatMap { SchemaWords(schema: $0).references }
    }

    static func reference(_ schema: JSON) -> String? {
        schema["$ref"]?.stringValue?.split(separator: "/").last.map(String.init)
    }

    private func one(_ type: String) -> String {
        switch type {
        case "string": string
        case "integer": "whole number\(range)"
        case "number": "number\(range)"
        case "boolean": "true or false"
        case "array": "list of \(schema["items"].map { SchemaWords(schema: $0).text } ?? "values")"
        case "object":
            if let values = schema["additionalProperties"], values.boolValue == nil {
                "object of \(SchemaWords(schema: values).text)"
            } else {
                "object"
            }
        default: type
        }
    }

    private var string: String {
        switch schema["format"]?.stringValue {
        case "date-time": return "time"
        case "date": return "day"
        case "uuid": return "UUID"
        case "binary": return "bytes of a file"
        default: break
        }
        guard let most = schema["maxLength"]?.intValue else { return "text" }
        let least = schema["minLength"]?.intValue ?? 0
        return least > 0 ? "text, \(least) to \(most) characters" : "text, at most \(most) characters"
    }

    private var range: String {
        let least = schema["minimum"]?.intValue
        switch (least, schema["maximum"]?.intValue) {
        case (let least?, let most?) where most < Int64.max: return ", \(least) to \(most)"
        case (let least?, _): return ", \(least) or more"
        default: return ""
        }
    }
}
