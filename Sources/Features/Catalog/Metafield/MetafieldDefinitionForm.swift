import AdminKit
import Database
import Support
import Web

/// The form of a definition: what is asked depends on the type of its values.
struct MetafieldDefinitionForm {
    let type: MetafieldType
    /// Whether namespace and key may still be chosen.
    let isNew: Bool

    /// The controls with the values of a definition.
    func fields(_ definition: MetafieldDefinition) -> [FormField] {
        let rules = definition.rules.json
        return controls { name in
            switch name {
            case "name": definition.title
            case "namespace": isNew && definition.name.namespace.isEmpty ? "custom" : definition.name.namespace
            case "key": definition.name.key
            case "description": definition.description ?? ""
            case "display_order": String(definition.displayOrder)
            case "is_visible": definition.isVisible ? "1" : ""
            case "choices": definition.rules.choices.joined(separator: "\n")
            default:
                switch rules[name] {
                case .string(let text), .number(let text): text
                default: ""
                }
            }
        }
    }

    /// The controls with the values as they were typed.
    func fields(_ form: Fields) -> [FormField] { controls { form[$0] ?? "" } }

    private func controls(_ value: (String) -> String) -> [FormField] {
        var fields = [
            FormField(
                "name",
                "Name",
                value: value("name"),
                hint: "As it is called on the pages of products.",
                isRequired: true,
                maxLength: MetafieldDefinition.mostTitle,
                isFirst: isNew
            )
        ]
        if isNew {
            let characters = "Letters a to z, digits, hyphens and underscores."
            fields += [
                FormField(
                    "namespace",
                    "Namespace",
                    value: value("namespace"),
                    hint: characters,
                    isRequired: true,
                    maxLength: MetafieldName.mostNamespace
                ),
                FormField(
                    "key",
                    "Key",
                    value: value("key"),
                    hint: "\(characters) Files name the column metafield:namespace.key.",
                    isRequired: true,
                    maxLength: MetafieldName.mostKey
                ),
            ]
        }
        fields.append(
            FormField(
                "description",
                "Description",
                value: value("description"),
                hint: "Tells those who fill it in what is meant.",
                maxLength: MetafieldDefinition.mostDescription
            )
        )
        fields += MetafieldRules.names(of: type.kind).map { rule($0, value($0)) }
        return fields + [
            FormField(
                "display_order",
                "Place in the list",
                .wholeNumber,
                value: value("display_order"),
                hint: "The least stands first."
            ),
            FormField("is_visible", "Show it on the pages of products", .checkbox, value: value("is_visible")),
        ]
    }

    private func rule(_ name: String, _ value: String) -> FormField {
        let example = type.kind.wanted.shortened(to: 120)
        switch name {
        case "min": return FormField(name, "Least value", value: value, hint: "Takes \(example).")
        case "max": return FormField(name, "Greatest value", value: value)
        case "max_precision": return FormField(name, "Digits behind the point, at most", .wholeNumber, value: value)
        case "min_length": return FormField(name, "Characters, at least", .wholeNumber, value: value)
        case "max_length": return FormField(name, "Characters, at most", .wholeNumber, value: value)
        case "regex":
            return FormField(
                name,
                "Form of the whole text",
                value: value,
                hint: "A regular expression, such as [A-Z]{2}-[0-9]+.",
                maxLength: MetafieldPattern.mostCharacters
            )
        case "choices":
            return FormField(name, "Choices", .textArea(), value: value, hint: "One a line; empty for any value.")
        case "scale_min":
            return FormField(name, "Scale from", .decimal, value: value, hint: "Such as 1.", isRequired: true)
        default: return FormField(name, "Scale to", .decimal, value: value, hint: "Such as 5.", isRequired: true)
        }
    }

    /// The form as the API would have it sent.
    func body(_ form: Fields) -> JSON {
        var rules: [JSON.Member] = []
        for name in MetafieldRules.names(of: type.kind) {
            let text = (form[name] ?? "").trimmed
            guard !text.isEmpty else { continue }
            if name == "choices" {
                let lines = text.split(whereSeparator: \.isNewline).map { String($0).trimmed }.filter { !$0.isEmpty }
                rules.append(JSON.Member(name, .array(lines.map(JSON.string))))
            } else {
                rules.append(JSON.Member(name, .string(text)))
            }
        }
        let order = (form["display_order"] ?? "").trimmed
        var members = [
            JSON.Member("name", .string(form["name"] ?? "")),
            JSON.Member("description", .optional(form["description"])),
            JSON.Member("display_order", order.isEmpty ? 0 : Int64(order).map { .int($0) } ?? .string(order)),
            JSON.Member("is_visible", .bool(form["is_visible"] == "1")),
            JSON.Member("validations", .object(rules)),
        ]
        if isNew {
            members += [
                JSON.Member("namespace", .string((form["namespace"] ?? "").trimmed)),
                JSON.Member("key", .string((form["key"] ?? "").trimmed)), JSON.Member("type", .string(type.name)),
            ]
        }
        return .object(members)
    }

    /// Problems at the controls: those of validations go by the names of these.
    static func atControls(_ problems: [Problem]) -> [Problem] {
        problems.map { problem in
            let prefix = "validations."
            guard problem.field.hasPrefix(prefix) else { return problem }
            return Problem(String(problem.field.dropFirst(prefix.count)), problem.code, problem.detail)
        }
    }
}
