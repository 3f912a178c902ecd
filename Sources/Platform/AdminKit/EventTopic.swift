package import Web

/// Something that event streams tell of, and who may hear it. Features declare theirs, and the composition collects.
package struct EventTopic: Sendable, Equatable {
    /// As in `topics`: `catalogue`; ending in a colon it stands for all that begin so: `job:`.
    package let name: String
    package let permission: Permission

    package init(_ name: String, _ permission: Permission) {
        self.name = name
        self.permission = permission
    }

    fileprivate func covers(_ topic: String) -> Bool { name.hasSuffix(":") ? topic.hasPrefix(name) : topic == name }
}

/// All topics of an installation.
package struct EventTopics: Sendable {
    package let all: [EventTopic]

    package init(_ all: [EventTopic]) {
        self.all = all
    }

    /// What it takes to hear a topic; nil when there is no such topic.
    package func permission(for topic: String) -> Permission? { all.first { $0.covers(topic) }?.permission }
}
