import Support
import Web

/// What the API says when a metafield or a definition cannot be written or found; the codes with their words.
enum MetafieldRefusal {
    static let missing = WebError(404, "not_found", "The product has no such metafield.")
    static let noDefinition = WebError(404, "not_found", "There is no such definition of a metafield.")

    static func nameTaken(_ existingID: Int64) -> WebError {
        let detail = "Another definition has this namespace and key."
        return WebError(
            409,
            "definition_taken",
            detail,
            problems: [Problem("key", "definition_taken", detail)],
            members: [JSON.Member("existing_id", .int(existingID))]
        )
    }

    static let tooManyDefinitions = WebError(
        409,
        "too_many_definitions",
        "There are \(MetafieldDefinition.most) definitions already: remove one that is not needed."
    )

    static let tooMany = WebError(
        409,
        "too_many_metafields",
        "The product has \(ProductMetafieldStore.most) metafields already: remove one that is not needed."
    )

    /// Runs a store's write and turns its refusals into answers.
    static func answered<T>(_ write: () throws -> T) throws -> T {
        do {
            return try write()
        } catch MetafieldDefinitionStore.Refusal.missing {
            throw noDefinition
        } catch MetafieldDefinitionStore.Refusal.nameTaken(let id) {
            throw nameTaken(id)
        } catch MetafieldDefinitionStore.Refusal.tooMany {
            throw tooManyDefinitions
        } catch let refusal as ProductStore.Refusal {
            throw ProductRefusal.error(refusal)
        }
    }
}
