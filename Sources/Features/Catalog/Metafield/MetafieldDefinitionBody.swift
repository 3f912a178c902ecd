import Money
import Records
import Support
import Web

extension MetafieldDefinition {
    /// The record as the API shows it.
    var json: JSON {
        var members = [JSON.Member("id", .int(id))]
        members += summary.members ?? []
        members += [
            JSON.Member("version", .int(version)), JSON.Member("created_at", .string(createdAt.rfc3339)),
            JSON.Member("updated_at", .string(updatedAt.rfc3339)),
        ]
        return .object(members)
    }
}

/// Makes a definition from what a client wrote.
struct MetafieldDefinitionBody {
    enum Purpose {
        case create
        /// JSON Merge Patch (RFC 7396): what is left out stays, null clears.
        case merge
        /// All writable members: what is left out gets its default.
        case replace
    }

    let purpose: Purpose
    let currency: Currency
    let references: MetafieldReferences

    /// Given by Bodega, or fixed since the definition was made.
    private static let readOnly = ["id", "namespace", "key", "type", "version", "created_at", "updated_at"]

    /// The definition that the body wants, and everything that is wrong with it.
    /// - Parameter current: nil for a new one.
    func draft(
        _ body: JSON,
        onto current: MetafieldDefinition?
    ) throws -> (definition: MetafieldDefinition, problems: [Problem]) {
        guard let members = body.members else {
            let example = "{\"namespace\": \"custom\", \"key\": \"material\", \"name\": \"Material\", \"type\": \"…\"}"
            return (
                MetafieldDefinition(), [Problem("", "not_an_object", "A definition is an object, like \(example).")]
            )
        }
        var draft = current ?? MetafieldDefinition()
        if purpose == .replace {
            let blank = MetafieldDefinition()
            (draft.title, draft.description, draft.rules) = ("", nil, .none)
            (draft.displayOrder, draft.isVisible) = (blank.displayOrder, blank.isVisible)
        }
        var problems: [Problem] = []
        if current == nil { takeName(body, &draft, &problems) }
        for member in members where member.name != "validations" {
            take(member, of: current, &draft, &problems)
            guard problems.count < ProductBody.mostProblems else { return (draft, problems) }
        }
        if purpose != .merge, body["name"] == nil { problems.append(Problem("name", "required", Self.noTitle)) }
        guard !problems.contains(where: { $0.field == "type" }) else { return (draft, problems) }
        if purpose != .merge || body["validations"] != nil {
            let wanted = merged(body["validations"] ?? .null, current)
            let values = try MetafieldReader(draft.type, .none, currency, references)
            var reader = MetafieldRulesReader(draft.type, values)
            try reader.read(wanted)
            draft.rules = reader.rules
            problems += reader.problems
        }
        return (draft, problems)
    }

    private static let noTitle = "The name is missing: say how people call it."

    /// The validations that are wanted: of a merge patch those that are sent over those that there are.
    private func merged(_ sent: JSON, _ current: MetafieldDefinition?) -> JSON {
        guard !sent.isNull else { return .object([]) }
        guard purpose == .merge, let current, let members = sent.members else { return sent }
        let names = Set(members.map(\.name))
        let kept = (current.rules.json.members ?? []).filter { !names.contains($0.name) }
        return .object(kept + members)
    }

    private func takeName(_ body: JSON, _ draft: inout MetafieldDefinition, _ problems: inout [Problem]) {
        let namespace = body["namespace"]?.stringValue ?? ""
        let key = body["key"]?.stringValue ?? ""
        draft.name = MetafieldName(namespace: namespace, key: key)
        let characters = "Use letters a to z, digits, - and _"
        if !MetafieldName.isPart(namespace, most: MetafieldName.mostNamespace) {
            let detail = "\(characters), at most \(MetafieldName.mostNamespace), like custom."
            problems.append(Problem("namespace", "bad_namespace", detail))
        }
        if !MetafieldName.isPart(key, most: MetafieldName.mostKey) {
            problems.append(
                Problem("key", "bad_key", "\(characters), at most \(MetafieldName.mostKey), like material.")
            )
        }
        if let type = body["type"]?.stringValue.flatMap({ MetafieldType($0) }) {
            draft.type = type
        } else {
            problems.append(Problem("type", "bad_type", "The type is one of those that the API document lists."))
        }
    }

    private func take(
        _ member: JSON.Member,
        of current: MetafieldDefinition?,
        _ draft: inout MetafieldDefinition,
        _ problems: inout [Problem]
    ) {
        let name = member.name.shortened(to: 100)
        switch member.name {
        case "name":
            guard let title = text(member.value, most: MetafieldDefinition.mostTitle), !title.isEmpty else {
                let detail = "The name is one line of at most \(MetafieldDefinition.mostTitle) characters."
                problems.append(Problem(name, "wrong_type", detail))
                return
            }
            draft.title = title
        case "description":
            guard let text = text(member.value, most: MetafieldDefinition.mostDescription) else {
                let detail = "The description is one line of at most \(MetafieldDefinition.mostDescription) characters."
                problems.append(Problem(name, "wrong_type", detail))
                return
            }
            draft.description = text.isEmpty ? nil : text
        case "display_order":
            guard let order = member.value.isNull ? 0 : member.value.intValue,
                MetafieldDefinition.orders.contains(order)
            else {
                let detail = "The order is a whole number from 0 to \(MetafieldDefinition.orders.upperBound)."
                problems.append(Problem(name, "bad_number", detail))
                return
            }
            draft.displayOrder = order
        case "is_visible":
            guard let flag = member.value.isNull ? true : member.value.boolValue else {
                problems.append(Problem(name, "bad_boolean", "'is_visible' is true or false."))
                return
            }
            draft.isVisible = flag
        case "namespace", "key", "type": if let current { keep(member, of: current, &problems) }
        default:
            guard Self.readOnly.contains(where: member.name.hasSameBytes) else {
                problems.append(Problem(name, "unknown_field", "A definition has no member '\(name)'."))
                return
            }
            keep(member, of: current, &problems)
        }
    }

    private func keep(_ member: JSON.Member, of current: MetafieldDefinition?, _ problems: inout [Problem]) {
        if let given = current?.json[member.name], member.value.isUnchanged(from: given) { return }
        let detail = "'\(member.name)' cannot be written here: leave it out, or send it as it is."
        problems.append(Problem(member.name, "read_only", detail))
    }

    /// One line; empty for null.
    private func text(_ json: JSON, most: Int) -> String? {
        if json.isNull { return "" }
        guard let text = json.stringValue?.trimmed, text.unicodeScalars.count <= most, !text.hasControlCharacters else {
            return nil
        }
        return text
    }
}
