import AdminKit
import Support
import Web

/// What customers publish: ids, never a name.
enum CustomerEvents {
    static let all: [EventType] = [
        EventType(
            "customer.merged",
            "A customer counts as another one from now on.",
            Schema.object(["id": id, "into": id]).example(["id": 12, "into": 7])
        ),
        EventType(
            "customer.unmerged",
            "A customer counts as itself again.",
            Schema.object(["id": id, "former": id]).example(["id": 12, "former": 7])
        ),
    ]

    private static let id = Schema.integer("The number of a customer.", 1...Int64.max)
}
