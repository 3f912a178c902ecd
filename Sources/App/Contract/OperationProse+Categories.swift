extension OperationProse {
    /// `/api/categories`.
    static let categories: [Text] = [
        (
            "getCategories",
            """
            One level of the tree with `parent_id` (0 for the top), in the order that people gave it, or all \
            categories as a list. `q` finds names by their words, with or without their marks. `slug_path` finds the \
            one category at an address, also at one that it had before it was renamed, moved or merged.
            """
        ),
        (
            "postCategories",
            """
            Adds a category at the end of its level. Without `slug` it is made of the name; a slug that one of its \
            siblings has is refused with 409 and `existing_id`. The tree has at most 30 levels.
            """
        ),
        (
            "getCategoriesById",
            """
            One category. Its level, path and the names above it follow its ancestors without a new version of its own.
            """
        ),
        (
            "patchCategoriesById",
            """
            Changes what a category says of itself. Another slug leaves the old address leading here. Its place is \
            changed by `/move`.
            """
        ),
        (
            "putCategoriesById",
            """
            Replaces all writable members. What was read can be sent back as it is.
            """
        ),
        (
            "deleteCategoriesById",
            """
            Removes a category; no product is deleted. `products` says where its products go, `children` whether the \
            categories below take its place or are removed too. Where more than the one category changes, 428 tells \
            in `count` how many categories and products that is; send the number as `confirm`. All of it is one \
            transaction.
            """
        ),
        (
            "postCategoriesByIdMove",
            """
            Puts a category with its whole branch under another parent, or elsewhere among its siblings. Without \
            `before` and `after` it goes to the end; a sibling alone says the parent too. A move below itself, one \
            that makes the tree too deep, and one to where a sibling has its slug are refused with 409.
            """
        ),
        (
            "postCategoriesByIdMerge",
            """
            Moves its products and the categories directly below it into another one and removes it; the answer is the \
            other one. Its old address leads there. Refused with 409 where two children have one slug: merge those \
            first.
            """
        ),
        (
            "postCategoriesByIdRestore",
            """
            Gives a category the fields of an earlier version, as a new one, and its parent of that time where it is \
            still there.
            """
        ),
        (
            "getCategoriesByIdProducts",
            """
            The products of a category, or of its whole branch with `descendants=1`; the same as `category_id` in the \
            list of products.
            """
        ),
        (
            "getCategoriesByIdHistory",
            """
            Who changed what, newest first, also of a category that was removed.
            """
        ),
    ]

    /// `/api/metafield-definitions`, the metafields of products, and what is said of the catalogue as a whole.
    static let metafields: [Text] = [
        (
            "getMetafieldDefinitions",
            """
            All definitions in the order in which the pages of products show them.
            """
        ),
        (
            "postMetafieldDefinitions",
            """
            Defines a metafield. Its namespace, key and type are fixed from then on; which validations there are \
            depends on the type. Measurements may name any unit of their table, in the limits too.
            """
        ),
        (
            "getMetafieldDefinitionsById",
            """
            One definition.
            """
        ),
        (
            "patchMetafieldDefinitionsById",
            """
            Changes what is sent; of `validations` too only the members that are sent, null removes one. Values that \
            products have already are not looked at again.
            """
        ),
        (
            "putMetafieldDefinitionsById",
            """
            Replaces all that may change. Namespace, key and type may be sent as they are.
            """
        ),
        (
            "deleteMetafieldDefinitionsById",
            """
            Removes a definition. The values that products have stay, without its rules.
            """
        ),
        (
            "getProductsByIdMetafields",
            """
            What one product has, defined or not. Measurements, ratings and amounts are objects of texts, never floats.
            """
        ),
        (
            "getProductsByIdMetafieldsNamespaceKey",
            """
            One metafield of one product.
            """
        ),
        (
            "putProductsByIdMetafieldsNamespaceKey",
            """
            Writes a value of the type that the definition says; without a definition the body says the `type`. It is \
            a change of the product, whose version goes on: `If-Match` takes the ETag of the product.
            """
        ),
        (
            "deleteProductsByIdMetafieldsNamespaceKey",
            """
            Takes a metafield from a product; the history of the product keeps it.
            """
        ),
        (
            "getProductsFacets",
            """
            Counts the products that match by status, brand and category. Each count leaves its own filter out, so \
            that it says how many there would be with another choice.
            """
        ),
        (
            "getProductsByIdCompare",
            """
            What differs between two versions, fields and metafields alike; from the older to the newer one, or the \
            other way round as they are named.
            """
        ),
        (
            "getViews",
            """
            Your own views, and those that others share with all users.
            """
        ),
        (
            "postViews",
            """
            Saves filters and order of the list of products under a name of your own. To share it takes \
            `write:products`.
            """
        ),
        (
            "getViewsById",
            """
            One view that you see.
            """
        ),
        (
            "patchViewsById",
            """
            Changes what is sent. Views that another user shares are changed by those who may write products.
            """
        ),
        (
            "putViewsById",
            """
            Replaces name, query and whether it is shared.
            """
        ),
        (
            "deleteViewsById",
            """
            Removes a view; shared ones too, where you may write products.
            """
        ),
        (
            "getCatalogueHistory",
            """
            Who changed what in the catalogue, newest first. A page looks at 200,000 changes at most: where few match \
            it holds fewer than were asked for, and `next` goes on.
            """
        ),
    ]
}
