public import Support

/// A record of any noun as it is stored: its fields' values by their positions in the noun's table.
public struct StoredRecord: Sendable, Equatable {
    public let id: Int64
    public var values: [RecordValue]
    public var version: Int64
    public var createdAt: Timestamp
    public var updatedAt: Timestamp
    /// The key of the job that has brought it, where the noun keeps that with its records.
    public var batch: Int64?

    public init(
        id: Int64,
        values: [RecordValue],
        version: Int64,
        createdAt: Timestamp,
        updatedAt: Timestamp,
        batch: Int64? = nil
    ) {
        self.id = id
        self.values = values
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.batch = batch
    }

    /// About how many bytes its texts have.
    public var bytes: Int64 {
        values.reduce(0) { sum, value in
            if case .text(let text) = value { sum + Int64(text.utf8.count) } else { sum + 8 }
        }
    }
}
