import Database
import Support
import Web

/// In which category the products of a list are.
package struct ProductFilterCategory: Sendable, Equatable {
    /// Nil for those that have none.
    var id: Int64?
    /// Whether the categories below it count too.
    var hasDescendants: Bool

    /// Of a table `p` of products.
    var condition: SQL {
        guard let id else { return "p.category_id IS NULL" }
        guard hasDescendants else { return "p.category_id = \(id)" }
        // The paths of a branch are those from its own up to the one that ends with another character.
        return """
            p.category_id IN (SELECT c.id FROM category b JOIN category c
                ON c.path >= b.path AND c.path < SUBSTR(b.path, 1, LENGTH(b.path) - 1) || '0' WHERE b.id = \(id))
            """
    }
}

extension ProductFilterCategory {
    /// Reads `category_id` and `descendants`; nil without them. Throws 400.
    init?(_ query: Fields) throws(WebError) {
        let descendants = query["descendants"]
        guard descendants == nil || ["0", "1"].contains(descendants) else {
            throw .badParameter("descendants", "bad_boolean", "'descendants' takes 1 or 0.")
        }
        guard let text = query["category_id"] else {
            guard descendants != "1" else {
                throw .badParameter("descendants", "no_category", "'descendants' needs 'category_id'.")
            }
            return nil
        }
        guard let id = Int64(text), id >= 0 else {
            throw .badParameter("category_id", "bad_number", "'category_id' takes the id of a category, or 0.")
        }
        self.init(id: id == 0 ? nil : id, hasDescendants: descendants == "1")
    }
}
