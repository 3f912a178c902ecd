package import Support

/// Where a value is not as its schema says; nil when it is. Knows what event types use of JSON Schema.
package func mismatch(_ value: JSON, _ schema: JSON, at place: String = "data") -> String? {
    let types = schema["type"]?.stringValue.map { [$0] } ?? (schema["type"]?.arrayValue ?? []).compactMap(\.stringValue)
    let fits =
        types.isEmpty
        || types.contains { type in
            switch type {
            case "object": value.members != nil
            case "array": value.arrayValue != nil
            case "string": value.stringValue != nil
            case "integer": value.intValue != nil
            case "boolean": value == .bool(true) || value == .bool(false)
            case "null": value == .null
            default: false
            }
        }
    guard fits else { return "\(place) is \(value.text)" }
    guard let members = value.members else { return nil }
    let properties = schema["properties"]
    for name in (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue) where value[name] == nil {
        return "\(place) has no \(name)"
    }
    for member in members {
        let rest = schema["additionalProperties"]
        guard let inner = properties?[member.name] ?? (rest?.members != nil ? rest : nil) else {
            if rest == .bool(false) { return "\(place) has \(member.name)" }
            continue
        }
        if let fault = mismatch(member.value, inner, at: "\(place).\(member.name)") { return fault }
    }
    return nil
}
