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

    /// Runs a store's write and turns its refusals into answers.
    static func answered<T>(_ write: () throws -> T) throws -> T {
        do {
            return try write()
        } catch let refusal as ProductStore.Refusal {
            switch refusal {
            case .missing: throw missing
            case .skuTaken(let id): throw skuTaken(id)
            }
        }
    }
}
