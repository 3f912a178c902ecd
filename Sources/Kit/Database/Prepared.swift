/// A statement that is kept: a `~Copyable` value cannot stand in a dictionary or be shared.
public final class Prepared {
    public let statement: Statement

    public init(_ statement: consuming Statement) {
        self.statement = statement
    }
}
