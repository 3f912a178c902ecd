import AdminKit
import RecordKit
import Support
import Web

/// What merges say when they cannot be, to programs and to people.
enum CustomerMerging {
    /// Characters of a reason.
    static let mostReason = 200

    /// What is wrong with a reason.
    static func fault(ofReason reason: String?) -> Problem? {
        guard let reason, reason.unicodeScalars.count > mostReason || !reason.isPlainLine else { return nil }
        let detail = "A reason has at most \(mostReason) characters, in one line."
        return Problem("reason", "bad_reason", detail)
    }

    /// Throws 400.
    static func field(_ text: String?) throws(WebError) -> CustomerDuplicateStore.Field {
        guard let text, !text.isEmpty else { return .email }
        guard let field = CustomerDuplicateStore.Field(rawValue: text) else {
            throw .badParameter("by", "bad_option", "'by' takes email or phone.")
        }
        return field
    }

    /// Runs a store's write and turns its refusals into answers.
    static func answered(_ write: () throws -> Void) throws {
        do {
            try write()
        } catch let refusal as CustomerMergeStore.Refusal {
            throw error(refusal)
        }
    }

    private static func error(_ refusal: CustomerMergeStore.Refusal) -> WebError {
        switch refusal {
        case .missing: RecordRefusal(CustomerNoun.noun).missing
        case .itself: conflict("merged_into_itself", "A customer cannot be merged into itself.")
        case .merged(let root):
            conflict("already_merged", "The customer is merged already: take that back first.", root)
        case .chain(let root):
            conflict("merge_chain", "The customer that is to stay is merged itself: merge into that one.", root)
        case .isRoot:
            conflict(
                "is_merge_root",
                "Others are merged into this customer: take these back first, or merge the other way."
            )
        case .notMerged: conflict("not_merged", "The customer is not merged.")
        }
    }

    private static func conflict(_ code: String, _ detail: String, _ root: Int64? = nil) -> WebError {
        WebError(
            409,
            code,
            detail,
            problems: [Problem("into", code, detail)],
            members: root.map { [JSON.Member("existing_id", .int($0))] } ?? []
        )
    }

    /// What was just done, as pages say it.
    static let messages: [String: Flash] = [
        "merged": Flash(.success, "The customers were merged. Nothing was rewritten, and it can be taken back."),
        "unmerged": Flash(.success, "The merge was taken back."),
        "unmergeable": Flash(
            .warning,
            "Nothing was merged: one of the two is merged already, or others are merged into it."
        ),
        "nobody": Flash(.warning, "Nothing was merged: there is no customer with that code."),
    ]
}
