import Records
import Support
package import Web

/// What the API and forms say when a record of a noun cannot be found or written; the codes with their words.
package struct RecordRefusal {
    let noun: RecordNoun

    package init(_ noun: RecordNoun) {
        self.noun = noun
    }

    package var missing: WebError { WebError(404, "not_found", "There is no such \(noun.table.noun.one).") }

    /// Runs a write and turns its refusals into answers.
    func answered<T>(_ write: () throws -> T) throws -> T {
        do {
            return try write()
        } catch let refusal as RecordChangeStore.Refusal {
            throw error(refusal)
        } catch let fault as RecordVersions.Fault {
            throw error(fault)
        }
    }

    private func error(_ refusal: RecordChangeStore.Refusal) -> WebError {
        switch refusal {
        case .missing: return missing
        case .keyTaken(let existing):
            let key = noun.table.key.fields.first ?? ""
            let label = noun.table.field(key)?.label ?? ""
            let detail = "Another \(noun.table.noun.one) has this \(label.prefix(1).lowercased())\(label.dropFirst())."
            let code = "\(key)_taken"
            return WebError(
                409,
                code,
                detail,
                problems: [Problem(key, code, detail)],
                members: [JSON.Member("existing_id", .int(existing))]
            )
        case .noReference(let field, let id):
            return WebError.invalid([Problem(field, "no_such_record", "There is no record \(id).")])
        }
    }

    private func error(_ fault: RecordVersions.Fault) -> WebError {
        switch fault {
        case .missing: return missing
        case .unknown:
            let detail = "There is no such version that could be restored."
            return WebError(
                422,
                "unknown_version",
                detail,
                problems: [Problem("version", "unknown_version", detail)]
            )
        case .expired:
            return WebError(
                409,
                "history_expired",
                "The history of this \(noun.table.noun.one) does not reach that far back any more."
            )
        }
    }
}
