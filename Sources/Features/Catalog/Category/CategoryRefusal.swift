import Support
import Web

/// What the API says when a category cannot be written or found; the codes with their words.
enum CategoryRefusal {
    static let missing = WebError(404, "not_found", "There is no such category.")

    /// The answer to a refused write.
    static func error(_ refusal: CategoryStore.Refusal) -> WebError {
        switch refusal {
        case .missing: return missing
        case .slugTaken(let slug, let existing):
            let detail = "Another category under the same parent has the slug '\(slug)': choose another one."
            return WebError(
                409,
                "slug_taken",
                detail,
                problems: [Problem("slug", "slug_taken", detail)],
                members: [JSON.Member("existing_id", .int(existing))]
            )
        case .noParent(let id): return invalid("parent_id", "no_such_category", "There is no category \(id).")
        case .notASibling(let id):
            let detail = "Category \(id) does not stand under that parent."
            return WebError.invalid([Problem("before", "not_a_sibling", detail)])
        case .noTarget(let id):
            let detail = "Category \(id) is not there, or goes with this one: choose another."
            return invalid("into", "no_such_category", detail)
        case .belowItself:
            let detail = "A category cannot go into itself or into one that stands below it."
            return WebError(409, "below_itself", detail, problems: [Problem("parent_id", "below_itself", detail)])
        case .tooDeep(let level):
            let most = Category.mostLevels
            let detail = "The tree may have \(most) levels; the lowest category would be on level \(level)."
            return WebError(409, "too_deep", detail, problems: [Problem("parent_id", "too_deep", detail)])
        case .unconfirmed(let removal):
            return WebError(
                428,
                "confirmation_required",
                "This changes \(removal.count) categories and products; send confirm=\(removal.count) to do it.",
                members: [
                    JSON.Member("count", .int(removal.count)), JSON.Member("categories", .int(removal.categories)),
                    JSON.Member("children", .int(removal.children)), JSON.Member("products", .int(removal.products)),
                ]
            )
        }
    }

    private static func invalid(_ field: String, _ code: String, _ detail: String) -> WebError {
        WebError.invalid([Problem(field, code, detail)])
    }

    /// Runs a store's write and turns its refusals into answers.
    static func answered<T>(_ write: () throws -> T) throws -> T {
        do {
            return try write()
        } catch let refusal as CategoryStore.Refusal {
            throw error(refusal)
        }
    }
}
