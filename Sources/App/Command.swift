package import Support

/// One word after `bodega` and what it does.
package struct Command: Sendable {
    package var name: String
    /// One line for the list of commands.
    package var summary: String
    /// What `--help` prints below the summary: a line per option or word.
    package var help: [String]
    /// Whether Bodega itself starts it, so that people have no use for it.
    package var isInternal: Bool
    /// Does it; returns the exit code. An error thrown is printed as one line: 64 for a `UsageError`, else 1.
    package var run: @Sendable (inout Arguments) throws -> Int32

    package init(
        _ name: String,
        _ summary: String,
        help: [String] = [],
        isInternal: Bool = false,
        run: @escaping @Sendable (inout Arguments) throws -> Int32
    ) {
        self.name = name
        self.summary = summary
        self.help = help
        self.isInternal = isInternal
        self.run = run
    }
}
