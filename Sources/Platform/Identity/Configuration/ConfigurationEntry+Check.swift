package import Support
import Web

/// Why a value is refused: a code, and a sentence that says what would be right.
package struct ConfigurationFault: Error, Sendable, Equatable {
    package let code: String
    package let detail: String

    package init(code: String, detail: String) {
        self.code = code
        self.detail = detail
    }
}

extension ConfigurationEntry {
    /// A value in the one form in which it is stored.
    package func canonical(_ text: String) throws(ConfigurationFault) -> String {
        guard text.unicodeScalars.count <= Self.maxCharacters else {
            throw fault("too_long", "has at most \(Self.maxCharacters) characters")
        }
        // Blanks may belong to a secret.
        let value = isSecret ? text : text.trimmed
        guard !value.isEmpty else {
            if isRequired { throw fault("required", "must not be empty") }
            return ""
        }
        let typed = try typed(value)
        try follow(typed)
        return typed
    }

    private func typed(_ text: String) throws(ConfigurationFault) -> String {
        switch dataType {
        case .secret: return text
        case .string:
            guard !text.hasControlCharacters else { throw fault("control_characters", "is one line of text") }
            return text
        case .integer:
            guard let number = Int64(text) else { throw fault("not_a_number", "takes a whole number\(bounds)") }
            return String(number)
        case .decimal:
            guard let number = Double(text), number.isFinite, text.utf8.allSatisfy({ "0123456789.-".utf8.contains($0) })
            else { throw fault("not_a_number", "takes a number like 2.5") }
            return text
        case .boolean:
            if ["true", "1", "yes", "on"].contains(text.lowercased()) { return "true" }
            if ["false", "0", "no", "off"].contains(text.lowercased()) { return "false" }
            throw fault("not_a_boolean", "takes true or false")
        case .json:
            do throws(JSONError) {
                return try JSON.parse(text, depth: 8).text
            } catch {
                throw fault("not_json", "takes JSON; this is \(error)")
            }
        }
    }

    private func follow(_ text: String) throws(ConfigurationFault) {
        switch rule {
        case .any: return
        case .range(let range):
            guard let number = Int64(text), range.contains(number) else {
                throw fault("out_of_range", "takes a whole number\(bounds)")
            }
        case .choices(let words):
            guard words.contains(text) else { throw fault("bad_choice", "takes \(words.joined(separator: " or "))") }
        case .length(let range):
            guard range.contains(text.unicodeScalars.count) else {
                throw fault("too_long", "has \(range.lowerBound) to \(range.upperBound) characters")
            }
        case .origins: try followOrigins(text)
        case .networks(let isNetwork): try followNetworks(text, isNetwork)
        }
    }

    private func followOrigins(_ text: String) throws(ConfigurationFault) {
        guard let items = (try? JSON.parse(text))?.arrayValue, items.count <= 100 else {
            throw fault("not_a_list", "takes a list of at most 100 origins, like [\"https://shop.example\"]")
        }
        for item in items {
            guard let origin = item.stringValue, Self.isOrigin(origin) else {
                throw fault(
                    "bad_origin",
                    "takes origins like \"https://shop.example\": scheme and host, a port if need be, nothing behind"
                )
            }
        }
    }

    private func followNetworks(_ text: String, _ isNetwork: (String) -> Bool) throws(ConfigurationFault) {
        guard let items = (try? JSON.parse(text))?.arrayValue, items.count <= 100 else {
            throw fault("not_a_list", "takes a list of at most 100 ranges, like [\"10.1.2.0/24\"]")
        }
        for item in items {
            guard let network = item.stringValue, isNetwork(network) else {
                throw fault(
                    "bad_network",
                    "takes ranges like \"10.1.2.0/24\" or \"fd00:1::/64\", with nothing set behind the bits that count"
                )
            }
        }
    }

    /// Whether a text is an origin as browsers send it: in lower case, without a path.
    static func isOrigin(_ text: String) -> Bool {
        let expression = #"https?://([a-z0-9]([a-z0-9-]*[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?"#
        guard let regex = try? Regex(expression) else { return false }
        return text.utf8.count <= 300 && (try? regex.wholeMatch(in: text)) != nil
    }

    private var bounds: String {
        range.map { " from \($0.lowerBound) to \($0.upperBound)" } ?? ""
    }

    private func fault(_ code: String, _ predicate: String) -> ConfigurationFault {
        ConfigurationFault(code: code, detail: "\(title) \(predicate).")
    }
}

extension ConfigurationEntry {
    /// A value as JSON of its type; null for one that is not set.
    package func json(_ text: String?) -> JSON {
        guard let text, !text.isEmpty else { return .null }
        switch dataType {
        case .string, .secret: return .string(text)
        case .integer, .decimal: return .number(text)
        case .boolean: return .bool(text == "true")
        case .json: return (try? JSON.parse(text)) ?? .null
        }
    }

    /// The text of a value that came as JSON.
    package func text(_ json: JSON) throws(ConfigurationFault) -> String {
        switch (dataType, json) {
        case (.string, .string(let text)), (.secret, .string(let text)): return text
        case (.integer, .number(let text)), (.decimal, .number(let text)): return text
        case (.boolean, .bool(let value)): return value ? "true" : "false"
        case (.json, _): return json.text
        default: throw ConfigurationFault(code: "wrong_type", detail: "\(title) takes \(typeWords).")
        }
    }

    private var typeWords: String {
        switch dataType {
        case .string, .secret: "a text"
        case .integer: "a whole number"
        case .decimal: "a number"
        case .boolean: "true or false"
        case .json: "JSON"
        }
    }
}
