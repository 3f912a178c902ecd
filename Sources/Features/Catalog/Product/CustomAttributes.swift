package import Support

/// What a shop says of a product beyond the fields: names with texts, in a form in which equal ones have equal bytes.
///
/// Stored as a JSON object of strings whose members ascend by the UTF-8 bytes of their names, without white space
/// between them. No attributes at all are stored as null, not as an empty object.
package struct CustomAttributes: Sendable, Equatable {
    package static let maxCount = 100
    /// Unicode scalars in a name.
    package static let maxName = 100
    /// Bytes of the stored text.
    package static let maxBytes = 64 << 10

    package struct Attribute: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Why attributes cannot be kept.
    package enum Refusal: Error, Sendable, Equatable {
        case notAnObject
        /// A value that is no text.
        case notText(name: String)
        /// Empty, too long, with white space at its ends or with control characters.
        case badName(String)
        /// A value with control characters other than tabs and line breaks.
        case controlCharacter(name: String)
        case tooMany
        case tooLong

        package var detail: String {
            switch self {
            case .notAnObject: "Custom attributes are an object of texts, like {\"Colour\": \"red\"}."
            case .notText(let name): "The custom attribute '\(name)' must be a text."
            case .badName(let name):
                "'\(name)' cannot name a custom attribute: use 1 to \(maxName) printable characters."
            case .controlCharacter(let name): "The custom attribute '\(name)' must not hold control characters."
            case .tooMany: "A product may have at most \(maxCount) custom attributes."
            case .tooLong: "The custom attributes of a product may have at most 64 KB together."
            }
        }
    }

    /// Ascending by name, each name once.
    package private(set) var all: [Attribute]

    /// The last one of a name counts; names are compared by their bytes.
    package init(_ attributes: [Attribute]) throws(Refusal) {
        var values: [String: String] = [:]
        for attribute in attributes { values[attribute.name] = attribute.value }
        all = values.map { Attribute($0.key, $0.value) }
        all.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        try check()
    }

    /// From an object of texts.
    package init(_ json: JSON) throws(Refusal) {
        guard let members = json.members else { throw .notAnObject }
        var found: [Attribute] = []
        for member in members {
            guard let value = member.value.stringValue else { throw .notText(name: member.name) }
            found.append(Attribute(member.name, value))
        }
        try self.init(found)
    }

    /// From the text of a JSON object.
    package init(parsing text: String) throws(Refusal) {
        let json: JSON
        do {
            json = try JSON.parse(text, depth: 2)
        } catch {
            throw .notAnObject
        }
        try self.init(json)
    }

    /// Names that may stand for an attribute.
    package static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.unicodeScalars.count <= maxName && name == name.trimmed && !name.hasControlCharacters
    }

    private func check() throws(Refusal) {
        guard all.count <= Self.maxCount else { throw .tooMany }
        for attribute in all {
            guard Self.isName(attribute.name) else { throw .badName(attribute.name) }
            guard !attribute.value.utf8.contains(where: Self.isForbidden) else {
                throw .controlCharacter(name: attribute.name)
            }
        }
        guard text.utf8.count <= Self.maxBytes else { throw .tooLong }
    }

    /// Control characters, but for tabs and line breaks.
    static func isForbidden(_ byte: UInt8) -> Bool {
        (byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D) || byte == 0x7F
    }

    package var json: JSON { .object(all.map { JSON.Member($0.name, .string($0.value)) }) }

    /// The stored form.
    package var text: String { json.text }

    /// As JSON Merge Patch (RFC 7396) has it: texts are set, null takes one away, the others stay.
    package func merging(_ patch: JSON) throws(Refusal) -> CustomAttributes {
        guard let members = patch.members else { throw .notAnObject }
        var merged = all
        for member in members {
            merged.removeAll { $0.name == member.name }
            if member.value.isNull { continue }
            guard let value = member.value.stringValue else { throw .notText(name: member.name) }
            merged.append(Attribute(member.name, value))
        }
        return try CustomAttributes(merged)
    }
}

// One attribute a line, `Colour: red`, is how people type them. What such lines cannot say is shown as JSON.
extension CustomAttributes {
    /// For a form's text area.
    package var lines: String {
        let isPlain = all.allSatisfy { attribute in
            !attribute.name.contains(":") && !attribute.name.hasPrefix("{") && !attribute.value.isEmpty
                && attribute.value == attribute.value.trimmed
                && !attribute.value.utf8.contains { $0 == 0x0A || $0 == 0x0D }
        }
        guard isPlain else { return text }
        return all.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    }

    /// From a text area: lines, or a JSON object.
    package init(typed text: String) throws(Refusal) {
        if text.trimmed.hasPrefix("{") {
            try self.init(parsing: text.trimmed)
            return
        }
        var found: [Attribute] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let line = String(line).trimmed
            if line.isEmpty { continue }
            guard let colon = line.firstIndex(of: ":") else { throw .badName(line) }
            let name = String(line[..<colon]).trimmed
            found.append(Attribute(name, String(line[line.index(after: colon)...]).trimmed))
        }
        try self.init(found)
    }
}
