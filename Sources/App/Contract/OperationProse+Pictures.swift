extension OperationProse {
    /// `/api/products/{id}/images` and `/media`.
    static let pictures: [Text] = [
        (
            "getProductsByIdImages",
            """
            The pictures of a product in their order, with what is known of each file. `media` has the paths at which \
            each can be looked at, by the greatest width and height.
            """
        ),
        (
            "postProductsByIdImages",
            """
            Adds a picture behind the others; the first one is featured. The file is decoded before it is taken: what \
            is no picture, is damaged, or has more than 50 million pixels is refused and nothing of it is kept. A \
            picture that the product has already is refused with 409 and `existing_id`; for several products the same \
            file is kept once. The product's version goes on, and `If-Match` takes its ETag.
            """
        ),
        (
            "getProductsByIdImagesImage",
            """
            One picture of a product. It changes with its product, whose version it tells.
            """
        ),
        (
            "patchProductsByIdImagesImage",
            """
            Changes what is said of a picture. `is_featured: true` takes the mark from the one that had it; of active \
            pictures one always has it. What was read can be sent back as it is.
            """
        ),
        (
            "deleteProductsByIdImagesImage",
            """
            Takes a picture from a product. Its file is kept for a while, so an earlier version of the product can be \
            restored with it.
            """
        ),
        (
            "putProductsByIdImagesOrder",
            """
            Puts the pictures in the order of `ids`, which names each of them once.
            """
        ),
        (
            "getMediaFile",
            """
            A picture made for screens: upright, in sRGB, without anything of its file's metadata. Under its address \
            it never changes. Refusals are problem documents, also for browsers.
            """
        ),
    ]
}
