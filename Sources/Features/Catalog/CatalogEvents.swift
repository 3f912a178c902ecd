import AdminKit
import Support
import Web

/// What the catalogue publishes.
enum CatalogEvents {
    static let topic = "catalogue"

    static let all: [EventType] = [
        EventType(
            "product.created",
            topic: topic,
            "A product was added, or put back after it was deleted.",
            product.example(["id": 7, "sku": "TS-1", "version": 1])
        ),
        EventType(
            "product.updated",
            topic: topic,
            "Fields of a product were changed by a person or a program; an import publishes one event for all.",
            product.example(["id": 7, "sku": "TS-1", "version": 2])
        ),
        EventType(
            "product.images_changed",
            topic: topic,
            "A product has other pictures, or in another order.",
            images.example(["id": 7, "sku": "TS-1", "version": 3, "images": 2])
        ),
        EventType(
            "product.deleted",
            topic: topic,
            "A product was deleted.",
            .object(["id": .integer("Never given again."), "sku": .text()]).example(["id": 7, "sku": "TS-1"])
        ),
        EventType(
            "products.deleted",
            topic: topic,
            "A job has deleted many products.",
            .object(["job_id": job, "count": .count("How many it has deleted.")])
                .example(["job_id": exampleJob, "count": 120])
        ),
        EventType(
            ChangedProductsStore.event,
            """
            A job, such as an import, has changed products: up to 500 of them in one event, as they are written. Told \
            only where it is asked for by its own name, not by a pattern.
            """,
            changed
        ),
        EventType("category.created", topic: topic, "A category was added.", category.example(exampleCategory)),
        EventType(
            "category.updated",
            topic: topic,
            "Fields of a category were changed.",
            category.example(exampleCategory)
        ),
        EventType(
            "category.moved",
            topic: topic,
            "A category, with all that stands below it, has another parent or another place.",
            categoryWith(["former_parent_id": id.orNull]).example(exampleCategory(["former_parent_id": nil]))
        ),
        EventType(
            "category.merged",
            topic: topic,
            "Everything of a category was put into another one, and it was removed.",
            categoryWith(["into": id, "children": .count("That have moved."), "products": .count("That have moved.")])
                .example(exampleCategory(["into": 12, "children": 2, "products": 120]))
        ),
        EventType(
            "category.deleted",
            topic: topic,
            "A category was removed.",
            categoryWith([
                "categories": .count("Removed with it, itself included."),
                "products": .count("That have another category since, or none."),
            ]).example(exampleCategory(["categories": 1, "products": 120]))
        ),
        EventType("import.completed", "An import has come to its end.", completed),
        EventType("import.awaiting_confirmation", "An import waits for an answer.", waiting),
        EventType("import.failed", "An import has failed; what it has done stays until it is undone.", failed),
        EventType("import.cancelled", "An import was cancelled.", cancelled),
        EventType("import.repaired", "Failing rows of an import were brought back corrected.", repaired),
        EventType("import.undone", topic: topic, "What a job had changed was taken back.", undone),
    ]

    private static let id = Schema.integer(nil, 1...Int64.max)
    private static let category = categoryWith([:])

    private static func categoryWith(_ more: KeyValuePairs<String, Schema>) -> Schema {
        let own: [(name: String, schema: Schema)] = [
            ("id", id), ("name", .text()), ("parent_id", Schema.integer("Null at the top.", 1...Int64.max).orNull),
            ("version", id),
        ]
        return .object(own + more.map { ($0.key, $0.value) })
    }

    private static let exampleCategory = exampleCategory([:])

    private static func exampleCategory(_ more: KeyValuePairs<String, JSON>) -> JSON {
        let own: [JSON.Member] = [
            JSON.Member("id", 42), JSON.Member("name", "Douro"), JSON.Member("parent_id", 7), JSON.Member("version", 2),
        ]
        return .object(own + more.map { JSON.Member($0.key, $0.value) })
    }

    private static let job = Schema.text("The public id of the job.", format: "uuid")
    private static let exampleJob: JSON = "01a2275d-865d-7f50-b865-485a45c5a559"

    private static let product = Schema.object([
        "id": .integer("The number of the product."), "sku": .text(), "version": .integer(nil, 1...Int64.max),
    ])

    private static let images = Schema.object([
        "id": .integer("The number of the product."), "sku": .text(), "version": .integer(nil, 1...Int64.max),
        "images": .count("How many it has now."),
    ])

    private static let changed = Schema.object([
        "job_id": Schema.text("The public id of the job; null for one that was removed since.", format: "uuid").orNull,
        "products": .list(
            of: .object([
                "id": .integer("The number of the product.", 1...Int64.max),
                "sku": Schema.text("Null for one that is gone.").orNull,
                "version": .integer("That the change has made.", 1...Int64.max),
                "change": .choice(["create", "update", "delete", "restore"]),
            ]),
            most: ChangedProductsStore.page
        ),
    ]).example([
        "job_id": exampleJob, "products": [["id": 7, "sku": "TS-1", "version": 2, "change": "update"]],
    ])

    private static let completed = Schema.object([
        "job_id": job, "total": .count("Records of the file."), "created": .count(), "updated": .count(),
        "unchanged": .count(), "skipped": .count(), "failed": .count(),
        "deleted": .count("Of those updated, deleted by it."),
        "deactivated": .count("Products that the file does not name and that it has put away."),
    ]).example([
        "job_id": exampleJob, "total": 100, "created": 20, "updated": 30, "unchanged": 48, "skipped": 1, "failed": 1,
        "deleted": 0, "deactivated": 0,
    ])

    private static let filename = Schema.text().orNull

    private static let waiting = Schema.object([
        "job_id": job, "filename": filename,
        "reason": Schema.text("For what: guard, mapping, encoding, identify; null for its plan to be looked at.")
            .orNull,
    ]).example(["job_id": exampleJob, "filename": "products.csv", "reason": "guard"])

    private static let failed = Schema.object([
        "job_id": job, "filename": filename, "error": Schema.text("Why, in plain words.").orNull,
    ]).example(["job_id": exampleJob, "filename": "products.csv", "error": "The file has no header."])

    private static let cancelled = Schema.object(["job_id": job, "filename": filename])
        .example(["job_id": exampleJob, "filename": "products.csv"])

    private static let repaired = Schema.object(
        [
            "job_id": job, "repaired": .count("Rows that fail no longer."), "filename": .text(), "created": .count(),
            "updated": .count(), "unchanged": .count(), "skipped": .count(), "still_failed": .count(),
            "ignored": .map(of: .count(), "Records that name no failing row, by the reason."),
        ],
        required: ["job_id", "repaired", "filename", "created", "updated", "unchanged", "skipped", "still_failed"]
    ).example([
        "job_id": exampleJob, "repaired": 1, "filename": "corrected.csv", "created": 1, "updated": 0, "unchanged": 0,
        "skipped": 0, "still_failed": 0,
        "ignored": ["total": 0, "no_row": 0, "not_failing": 0, "repeated": 0, "empty": 0],
    ])

    private static let undone = Schema.object([
        "job_id": job.described("The public id of the undo."),
        "undo_of": job.described("That of the job that it has taken back.").orNull,
        "deleted": .count(), "restored": .count(), "kept": .count("Products that were changed since."),
    ]).example(["job_id": exampleJob, "undo_of": exampleJob, "deleted": 20, "restored": 30, "kept": 0])
}
