/// Every setting of an installation. One that is not here is refused wherever it comes from.
package struct ConfigurationEntries: Sendable {
    /// By heading, in the order in which each part lists its own.
    package let all: [ConfigurationEntry]

    /// - Parameter features: what the features bring beside the settings of the house.
    package init(_ features: [ConfigurationEntry]) {
        let all = ConfigurationTable.house + features
        let positions = Set(all.map(\.category.position)).sorted()
        self.all = positions.flatMap { position in all.filter { $0.category.position == position } }
    }

    /// The setting of a name; nil when there is none.
    package func entry(_ key: String) -> ConfigurationEntry? { all.first { $0.key == key } }

    /// The headings, each once.
    package var categories: [ConfigurationEntry.Category] {
        var categories: [ConfigurationEntry.Category] = []
        for entry in all where !categories.contains(entry.category) { categories.append(entry.category) }
        return categories
    }

    /// The heading of a name; nil when there is none.
    package func category(_ name: String) -> ConfigurationEntry.Category? { categories.first { $0.name == name } }
}
