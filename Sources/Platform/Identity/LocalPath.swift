/// A path of our own with its query, such as a login may lead to. What a browser could read as another site
/// (`//evil`, `/\evil`, a tab or a line break in between) is none.
package struct LocalPath: Sendable, Equatable, CustomStringConvertible {
    package let description: String

    /// Nil unless the text begins with exactly one `/` and holds only visible ASCII without `\`.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.first == 0x2F, bytes.dropFirst().first != 0x2F, bytes.count <= 2000,
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C })
        else { return nil }
        description = text
    }
}
