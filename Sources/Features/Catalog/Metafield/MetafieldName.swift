import Support

/// What a metafield is called: `custom.material`.
struct MetafieldName: Sendable, Hashable, CustomStringConvertible {
    let namespace: String
    let key: String

    static let mostNamespace = 255
    static let mostKey = 64

    init(namespace: String, key: String) {
        self.namespace = namespace
        self.key = key
    }

    /// - Parameter text: `custom.material`. Nil for what is no name.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        self.init(checking: parts[0], parts[1])
    }

    /// Nil where either is empty, too long, or has other characters than ASCII letters, digits, `-` and `_`.
    init?(checking namespace: String, _ key: String) {
        guard Self.isPart(namespace, most: Self.mostNamespace), Self.isPart(key, most: Self.mostKey) else { return nil }
        self.init(namespace: namespace, key: key)
    }

    static func isPart(_ text: String, most: Int) -> Bool {
        (1...most).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }

    /// `custom.material`.
    var description: String { "\(namespace).\(key)" }

    /// As columns, filters and histories call it: `metafield:custom.material`.
    var column: String { Self.prefix + description }

    static let prefix = "metafield:"

    /// Of a column's name; nil for what is none.
    init?(column: String) {
        guard column.hasPrefix(Self.prefix) else { return nil }
        self.init(String(column.dropFirst(Self.prefix.count)))
    }
}
