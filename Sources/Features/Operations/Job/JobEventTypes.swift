import AdminKit
import Support
import Web

extension JobEvents {
    /// What other systems are told of jobs of every kind.
    static let types = [
        EventType(
            "job.failed",
            "A job of any kind has failed for good.",
            Schema.object([
                "job_id": .text("The public id of the job.", format: "uuid"),
                "kind": .text("product_import, import_undo, product_delete …"),
                "filename": Schema.text("Of the file that it worked on.").orNull,
                "error": Schema.text("Why, in plain words.").orNull,
            ]).example([
                "job_id": "01a2275d-865d-7f50-b865-485a45c5a559", "kind": "product_import", "filename": "products.csv",
                "error": "The file has no header.",
            ])
        )
    ]
}
