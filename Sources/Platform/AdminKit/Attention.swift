package import Identity
package import Support
package import Web

/// Something that waits for a person: a plan to decide about, a job that failed, a webhook that was switched off.
///
/// Features list theirs (`Feature.attention`); the home page shows them first, and the navigation counts them.
package struct Attention: Sendable, Equatable {
    package var tone: Tone
    package var icon: Icon
    /// What it is, as a sentence without its full stop: `preise.csv waits for your decision`.
    package var title: String
    /// What is known of it, in a line.
    package var note: String
    package var since: Timestamp
    /// The button and where it leads.
    package var action: Link
    /// Where a form puts it away; nil for what stays until it is dealt with, and for who may not.
    package var putAway: String?
    /// What it takes to see it.
    package var permission: Permission
    /// The path of the navigation's entry that counts it.
    package var place: String

    package init(
        _ title: String,
        tone: Tone,
        icon: Icon,
        note: String,
        since: Timestamp,
        action: Link,
        putAway: String? = nil,
        permission: Permission,
        place: String
    ) {
        self.title = title
        self.tone = tone
        self.icon = icon
        self.note = note
        self.since = since
        self.action = action
        self.putAway = putAway
        self.permission = permission
        self.place = place
    }
}

/// What all features have to show in common places, put in by the composition: features do not know each other.
package struct SharedSources: Sendable {
    package let attention: @Sendable (RequestContext) throws -> [Attention]
    package let search: @Sendable (RequestContext, String) throws -> [SearchHit]

    package init(
        attention: @escaping @Sendable (RequestContext) throws -> [Attention],
        search: @escaping @Sendable (RequestContext, String) throws -> [SearchHit]
    ) {
        self.attention = attention
        self.search = search
    }
}

extension RequestContext {
    /// What waits for the user of this request, the newest first.
    package func attention() throws -> [Attention] {
        guard let sources = settings[SharedSources.self], let permissions = try visitor()?.permissions else {
            return []
        }
        return try sources.attention(self)
            .filter { permissions.contains($0.permission) }
            .sorted { $0.since > $1.since }
    }
}
