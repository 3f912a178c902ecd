package import Money
package import Support
import Tables
package import Web

extension ImportProfile {
    /// The record as the API shows it.
    package var json: JSON {
        [
            "id": .int(id), "name": .string(name), "mapping": mapping.json,
            "headers": .array(headers.map(JSON.string)), "delimiter": .optional(delimiter),
            "quote": .optional(quote), "encoding": .optional(encoding), "mode": .optional(mode?.rawValue),
            "blank": .optional(blank?.rawValue), "identify": .optional(identify?.text),
            "target": .string(target.name), "used_at": .optional(usedAt), "version": .int(version),
            "created_at": .string(createdAt.rfc3339),
            "updated_at": .string(updatedAt.rfc3339),
        ]
    }

    /// What of it stands in the audit trail.
    var audited: JSON {
        let own = [
            "name", "mapping", "headers", "delimiter", "quote", "encoding", "mode", "blank", "identify", "target",
        ]
        return .object((json.members ?? []).filter { own.contains($0.name) })
    }

    /// What a client wants it to be.
    ///
    /// Throws 422 with everything that is wrong.
    package func edited(by body: JSON, replaces: Bool, _ currency: Currency) throws(WebError) -> ImportProfile {
        guard let members = body.members else {
            throw .invalid([Problem("", "not_an_object", "A profile is an object, like {\"name\": \"Acme\"}.")])
        }
        var result = self
        if replaces {
            result = ImportProfile(name: "", mapping: ImportMapping(), target: target)
            (result.id, result.version, result.usedAt) = (id, version, usedAt)
            (result.createdAt, result.updatedAt) = (createdAt, updatedAt)
        }
        var problems: [Problem] = []
        for member in members { result.take(member, original: self, &problems) }
        problems += result.mapping.problems(currency, in: target)
        if let delimiter = result.delimiter, delimiter == result.quote {
            problems.append(Problem("quote", "bad_option", "delimiter and quote cannot be the same character."))
        }
        if result.name.isEmpty, !problems.contains(where: { $0.field == "name" }) {
            problems.append(Problem("name", "required", "The profile needs a name."))
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        return result
    }

    private mutating func take(_ member: JSON.Member, original: ImportProfile, _ problems: inout [Problem]) {
        let value = member.value
        func refuse(_ code: String, _ detail: String) { problems.append(Problem(member.name, code, detail)) }
        switch member.name {
        case "name":
            let text = (value.stringValue ?? "").trimmed
            guard Self.isName(text, of: target) else { return refuse("bad_name", Self.nameRule) }
            name = text
        case "mapping":
            guard value.members != nil else {
                return refuse("wrong_type", "'mapping' is an object: {\"Column\": \"field\"}.")
            }
            let read = ImportMapping.read(value, in: target)
            mapping = read.mapping
            problems += read.problems
        case "headers":
            let texts = value.isNull ? [] : value.arrayValue?.map(\.stringValue)
            guard let texts, !texts.contains(nil), texts.count <= 2000 else {
                return refuse("wrong_type", "'headers' is the list of a file's column names.")
            }
            guard texts.allSatisfy({ ImportMapping.isColumnName($0 ?? "") }) else {
                return refuse("bad_name", ImportMapping.columnNameRule)
            }
            headers = texts.compactMap { $0 }
        case "delimiter": delimiter = Self.reading(member) { refuse($0, $1) }
        case "quote": quote = Self.reading(member) { refuse($0, $1) }
        case "encoding": encoding = Self.reading(member) { refuse($0, $1) }
        case "mode": mode = Self.choice(value) { refuse($0, $1) }
        case "blank": blank = Self.choice(value) { refuse($0, $1) }
        case "identify":
            identify = value.stringValue.flatMap(ImportIdentity.init(text:))
            let isNothing = value.isNull || value.stringValue == ""
            if identify == nil, !isNothing { refuse("bad_option", "Takes \(ImportIdentity.rule), or null.") }
        default:
            guard let present = original.json[member.name] else {
                return refuse("unknown_field", "A profile has no member '\(member.name)'.")
            }
            if !value.isUnchanged(from: present) { refuse("read_only", "'\(member.name)' is given by Bodega.") }
        }
    }

    /// An option of reading, as uploads take it and jobs keep it.
    private static func reading(_ member: JSON.Member, _ refuse: (String, String) -> Void) -> String? {
        if member.value.isNull || member.value.stringValue == "" { return nil }
        guard let text = member.value.stringValue else {
            refuse("wrong_type", "A text, or null for what the file shows.")
            return nil
        }
        var choices = TableChoices()
        do {
            try choices.set(member.name, text)
        } catch {
            refuse("bad_option", (error as? WebError)?.problems.first?.detail ?? "It is not understood.")
        }
        return JSON.object(choices.members)[member.name]?.stringValue
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ value: JSON,
        _ refuse: (String, String) -> Void
    ) -> Choice? {
        if value.isNull { return nil }
        guard let choice = value.stringValue.flatMap(Choice.init(rawValue:)) else {
            refuse("bad_option", "Takes \(Choice.allCases.map(\.rawValue).joined(separator: ", ")) or null.")
            return nil
        }
        return choice
    }
}
