import Crypto
import Database
import Support
import Synchronization

/// Bounds the notes of what is read in one process: whoever fetches an export ten thousand times a minute must not fill
/// the disk with the trail of it. Of one actor and action, equal notes within a minute are one, and after so many
/// different ones the last says that more are not listed.
final class RecentNotes: Sendable {
    private static let seconds: Int64 = 60
    static let most = 30
    /// At so many actors and actions those are forgotten whose minute is over.
    private static let mostKinds = 1000
    /// What the last one says of those that follow.
    static let last = "More of them within the minute are not listed."

    private struct Kind: Hashable {
        var actor: String
        var action: String
    }

    private struct Minute {
        var begin: Timestamp
        var noted: Set<[UInt8]> = []
    }

    private let minutes = Mutex<[Kind: Minute]>([:])

    /// - Returns: what is to be noted; nil when there is enough of it.
    func bounded(_ note: AuditNote) -> AuditNote? {
        let now = note.context.now
        let kind = Kind(actor: note.context.actor.description, action: note.entry.action)
        let content: JSON = [
            "id": .optional(note.entry.entityID), "after": note.entry.after ?? .null, "ip": .optional(note.context.ip),
        ]
        let hash = SHA256.hash(content.bytes)
        let count: Int? = minutes.withLock { minutes in
            let start = now.adding(seconds: -Self.seconds)
            if minutes.count >= Self.mostKinds { minutes = minutes.filter { $0.value.begin > start } }
            var minute = minutes[kind] ?? Minute(begin: now)
            if minute.begin <= start { minute = Minute(begin: now) }
            guard minute.noted.count < Self.most, minute.noted.insert(hash).inserted else { return nil }
            minutes[kind] = minute
            return minute.noted.count
        }
        guard let count else { return nil }
        guard count == Self.most else { return note }
        var last = note
        last.entry.after = .object((note.entry.after?.members ?? []) + [JSON.Member("note", .string(Self.last))])
        return last
    }
}
