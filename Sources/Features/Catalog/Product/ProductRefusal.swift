import Support
import Web

/// What the API says when a product cannot be written or found; the codes with their words.
enum ProductRefusal {
    static let missing = WebError(404, "not_found", "There is no such product.")

    static func skuTaken(_ existingID: Int64) -> WebError {
        let detail = "Another product has this SKU."
        return WebError(
            409,
            "sku_taken",
            detail,
            problems: [Problem("sku", "sku_taken", detail)],
            members: [JSON.Member("existing_id", .int(existingID))]
        )
    }

    static func handleTaken(_ existingID: Int64) -> WebError {
        let detail = "Another product has this handle."
        return WebError(
            409,
            "handle_taken",
            detail,
            problems: [Problem("seo_handle", "handle_taken", detail)],
            members: [JSON.Member("existing_id", .int(existingID))]
        )
    }

    static func noCategory(_ id: Int64) -> Problem {
        Problem("category_id", "no_such_category", "There is no category \(id).")
    }

    /// What a refusal says.
    static func error(_ refusal: ProductStore.Refusal) -> WebError {
        switch refusal {
        case .missing: missing
        case .skuTaken(let id): skuTaken(id)
        case .handleTaken(let id): handleTaken(id)
        case .noCategory(let id): WebError.invalid([noCategory(id)])
        }
    }

    /// Runs a store's write and turns its refusals into answers.
    static func answered<T>(_ write: () throws -> T) throws -> T {
        do {
            return try write()
        } catch let refusal as ProductStore.Refusal {
            throw error(refusal)
        }
    }
}
