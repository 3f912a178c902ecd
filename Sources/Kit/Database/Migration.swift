/// One step of the schema, with its way back.
public struct Migration: Sendable {
    /// Sorts all migrations of all modules and names this one: `2026-11-21-01 identity: users and sessions`.
    public let id: String
    public let up: [SQL]
    public let down: [SQL]

    public init(_ id: String, up: [SQL], down: [SQL]) {
        self.id = id
        self.up = up
        self.down = down
    }

    /// The text that the checksum is made of.
    var content: String { (up + ["--"] + down).map(\.text).joined(separator: "\n;\n") }
}
