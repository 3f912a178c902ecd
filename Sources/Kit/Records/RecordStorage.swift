/// How the database holds the values of a field. What a kind means to people never decides this anywhere else.
public enum RecordStorage: Sendable, Equatable {
    /// An INTEGER column: amounts in minor units, fixed-point decimals, 0 and 1, milliseconds, ids of other records.
    case integer
    /// A TEXT column.
    case text
}
