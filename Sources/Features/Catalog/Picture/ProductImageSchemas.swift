import Pictures
import Support
import Web

/// What the API of pictures sends and takes.
enum ProductImageSchemas {
    static let all: [NamedSchema] =
        MediaAPI.schemas + [
            NamedSchema("ProductImage", .object(record).example(example)),
            NamedSchema("ProductImageList", .page(of: "ProductImage", example: example)),
            NamedSchema(
                "ImageUpload",
                .object(
                    [
                        "file": .file("A JPEG, PNG, WebP, GIF, AVIF or HEIC of at most 40 MB and 50 million pixels."),
                        "alt_text": .text("What is to be seen.", length: 0...StoredImage.mostAltText),
                        "csrf_token": .text("In the place of the header X-CSRF-Token."),
                    ],
                    required: ["file"]
                ).example(["file": "…", "alt_text": "The bottle from the front"])
            ),
            NamedSchema(
                "ProductImageChange",
                .object(
                    writable + given.map { ($0.name, $0.schema.with("readOnly", true)) },
                    required: [],
                    "JSON Merge Patch (RFC 7396): what is left out stays, null clears."
                ).example(["alt_text": "The bottle from the front", "is_featured": true])
            ),
            NamedSchema(
                "ProductImageOrder",
                .object([
                    "ids": .list(
                        of: .integer("Of a picture.", 1...Int64.max),
                        most: StoredImage.most,
                        "Each picture of the product once, the first one first."
                    )
                ]).example(["ids": [3, 1, 2]])
            ),
        ]

    private static let writable: [(name: String, schema: Schema)] = [
        (
            "alt_text",
            Schema.text("What is to be seen; null where nobody has said.", length: 0...StoredImage.mostAltText).orNull
        ),
        ("is_featured", .boolean("Whether it stands for the product in lists: one of the active ones does.")),
        ("is_active", .boolean("Whether it is shown to customers.")),
    ]

    private static let id = Schema.integer(nil, 1...Int64.max)

    private static let given: [(name: String, schema: Schema)] = [
        ("id", id), ("product_id", id), ("filename", Schema.text("As it came in.").orNull),
        ("url", Schema.text("Where it was fetched.").orNull), ("file_hash", .text("SHA-256 of the file.")),
        ("file_size", .count("Bytes of the file.")), ("format", .choice(PictureFormat.allCases.map(\.rawValue))),
        ("width", .integer("Pixels, upright.", 1...Int64(PictureLimits.side))),
        ("height", .integer("Pixels, upright.", 1...Int64(PictureLimits.side))),
        ("perceptual_hash", .text("Of what it looks like: alike where few of 64 bits differ.")),
        ("sort_order", .count("Its place among the others, from 0 on.")),
        ("media", .map(of: .text(), "Paths by the greatest width and height, in pixels.")),
        ("product_version", .integer("Stands in the ETag of the product.", 1...Int64.max)), ("created_at", .time()),
        ("updated_at", .time()),
    ]

    private static let record = given + writable

    private static let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    private static let example: JSON = [
        "id": 3, "product_id": 7, "filename": "front.jpg", "url": nil, "file_hash": .string(hash),
        "file_size": 182_044, "format": "jpeg", "width": 2000, "height": 1500, "perceptual_hash": "d1c4b0a59b2e6e31",
        "sort_order": 0,
        "media": .object(
            Picture.Rendition.sides.map { JSON.Member("\($0)", .string(MediaPath.rendition(hash, side: $0))) }
        ),
        "alt_text": "The bottle from the front", "is_featured": true, "is_active": true, "product_version": 2,
        "created_at": "2026-12-01T17:03:50.516Z", "updated_at": "2026-12-01T17:03:50.516Z",
    ]
}
