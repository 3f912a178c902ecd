import AdminKit
import Support
import Web

/// What is asked for before many products are deleted: their number, and that they are still those that were shown.
enum DeletionConfirmation {
    /// The answer to a program that has not confirmed, or has confirmed others than there are now.
    static func required(_ count: Int64, seen: String) -> WebError {
        WebError(
            428,
            "confirmation_required",
            """
            This would delete \(count) products. Repeat it with confirm=\(count) to go on; with seen=\(seen) beside \
            it nothing is deleted if it would be others by then.
            """,
            members: [JSON.Member("count", .int(count)), JSON.Member("seen", .string(seen))]
        )
    }

    /// What is wrong with a form's answer; nil when it confirms what there is.
    static func problem(_ form: Fields, count: Int64, seen: String) -> String? {
        // People write 1,234 as they read it.
        let typed = (form["confirm"] ?? "").filter { $0 != "," && !$0.isWhitespace }
        let number = Format.integer(count)
        if typed.isEmpty { return "Type \(number) to confirm." }
        if Int64(typed) != count { return "This deletes \(number) products now. Type that number to go on." }
        guard form["seen"] ?? seen != seen else { return nil }
        return "These are not the products that the page showed before. Look at them, then confirm once more."
    }
}

extension Operation.Parameter {
    /// Of what was shown: the member `seen` of that answer.
    static let seen = Operation.Parameter(
        "seen",
        .text(),
        "the member seen of the answer that told the number: with it 428 is answered if it would be others by now"
    )
}
