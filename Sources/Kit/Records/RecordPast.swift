import Support

/// A record at an earlier moment, found by taking its revisions back one by one, newest first.
public struct RecordPast: Sendable {
    public let id: Int64
    /// Nil where it was not there.
    public private(set) var record: StoredRecord?
    private let fields: [RecordField]

    /// - Parameter present: what stands there now; nil when it was deleted.
    public init(_ id: Int64, present: StoredRecord?, _ table: RecordTable) {
        self.id = id
        record = present
        fields = table.fields
    }

    /// Goes to the moment before a revision, from the one after it.
    public mutating func takeBack(_ revision: Revision) {
        guard let before = revision.before else {
            record = nil
            return
        }
        let nothing = Timestamp(milliseconds: 0)
        var earlier =
            record
            ?? StoredRecord(
                id: id,
                values: fields.map { _ in .none },
                version: 0,
                createdAt: nothing,
                updatedAt: nothing
            )
        if let moment = before[StoredFields.createdAt]?.intValue {
            earlier.createdAt = Timestamp(milliseconds: moment)
        }
        if record == nil { earlier.batch = revision.batch }
        for (index, field) in fields.enumerated() {
            if let value = before[field.name] { earlier.values[index] = RecordValue(stored: value) }
        }
        record = earlier
    }
}
