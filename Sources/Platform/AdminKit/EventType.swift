package import Web

/// A type of event that a feature publishes (`EventStore.publish`), with what consumers of the outbox get as its data.
package struct EventType: Sendable {
    /// `product.updated`: what it happened to, and what happened.
    package let name: String
    /// Of the form of the data; grows when a member is removed or changes its meaning, not when one is added.
    package let version: Int64
    /// The topic whose watchers see it at once; nil for one that is in the outbox only.
    package let topic: String?
    /// When it is published, in a line.
    package let summary: String
    /// What `data` holds, with an example.
    package let schema: Schema

    package init(_ name: String, version: Int64 = 1, topic: String? = nil, _ summary: String, _ schema: Schema) {
        self.name = name
        self.version = version
        self.topic = topic
        self.summary = summary
        self.schema = schema
    }
}
