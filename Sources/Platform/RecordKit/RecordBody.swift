import Money
import Records
import Support
import Web

extension RecordShown {
    /// The record as the API shows it.
    /// - Parameter derived: the values of the noun's derived members.
    func json(_ derived: [JSON]?) -> JSON {
        var members = [JSON.Member("id", .int(record.id))]
        for field in noun.table.fields { members.append(JSON.Member(field.name, field.json(value(field), currency))) }
        for (index, member) in noun.derivation.schemas.enumerated() {
            members.append(JSON.Member(member.name, derived?[index] ?? .null))
        }
        members.append(JSON.Member("version", .int(record.version)))
        members.append(JSON.Member("created_at", .string(record.createdAt.rfc3339)))
        members.append(JSON.Member("updated_at", .string(record.updatedAt.rfc3339)))
        return .object(members)
    }
}

/// Makes a record from what a client wrote.
struct RecordBody {
    enum Purpose {
        /// A new record: what is left out gets its default.
        case create
        /// JSON Merge Patch (RFC 7396): what is left out stays, null clears.
        case merge
        /// All fields: what is left out is cleared, or gets its default.
        case replace
    }

    /// Problems that one answer lists at most, see `WebError.invalid`.
    private static let mostProblems = 100

    let noun: RecordNoun
    let purpose: Purpose
    let currency: Currency

    /// The values that the body wants, with everything that is wrong with it.
    /// - Parameters:
    ///   - current: the record that it is written to; nil for a new one.
    ///   - given: that record as the API shows it.
    func draft(
        _ body: JSON,
        onto current: StoredRecord?,
        given: JSON? = nil
    ) -> (values: [RecordValue], problems: [Problem]) {
        let table = noun.table
        guard let members = body.members else {
            let detail = "\(noun.aNoun.prefix(1).uppercased())\(noun.aNoun.dropFirst()) is an object."
            return ([], [Problem("", "not_an_object", detail)])
        }
        var values = purpose == .merge ? current?.values ?? [] : table.fields.map { _ in .none }
        var problems: [Problem] = []
        for member in members {
            if let index = table.position(of: member.name) {
                set(index, member.value, &values, current, &problems)
            } else {
                refuse(member, given, &problems)
            }
            guard problems.count < Self.mostProblems else { return (values, problems) }
        }
        if purpose != .merge {
            for (index, field) in table.fields.enumerated() where body[field.name] == nil {
                // Where nothing is said a new record, and a replaced one, has the default.
                set(index, field.defaultValue.map(JSON.string) ?? .null, &values, current, &problems, isWritten: false)
            }
        }
        return (values, problems)
    }

    private func set(
        _ index: Int,
        _ json: JSON,
        _ values: inout [RecordValue],
        _ current: StoredRecord?,
        _ problems: inout [Problem],
        isWritten: Bool = true
    ) {
        let field = noun.table.fields[index]
        let text = isWritten ? field.rules.written(json) : json.stringValue
        guard json.isNull || text != nil else {
            let detail = "\(field.label) must be \(field.rules.wanted)\(field.isRequired ? "" : " or null")."
            problems.append(Problem(field.name, "wrong_type", detail))
            return
        }
        switch field.parse(text, currency, over: current?.values[index] ?? .none) {
        case .success(let value): values[index] = value
        case .failure(let fault): problems.append(Problem(field.name, fault.code, fault.detail))
        }
    }

    private func refuse(_ member: JSON.Member, _ given: JSON?, _ problems: inout [Problem]) {
        let name = member.name.shortened(to: 100)
        let readOnly = ["id", "version", "created_at", "updated_at"] + noun.derivation.schemas.map(\.name)
        guard readOnly.contains(where: member.name.hasSameBytes) else {
            let detail = "\(noun.aNoun.prefix(1).uppercased())\(noun.aNoun.dropFirst()) has no member '\(name)'."
            problems.append(Problem(name, "unknown_field", detail))
            return
        }
        guard let value = given?[member.name], member.value.isUnchanged(from: value) else {
            let detail = "'\(name)' is given by Bodega: leave it out, or send it as it is."
            problems.append(Problem(name, "read_only", detail))
            return
        }
    }
}
