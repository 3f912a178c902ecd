package import Web

/// What it takes to import records of a target, beside what imports take anyway.
package struct ImportAccess: Sendable, Equatable {
    /// To see what rows hold.
    package let reading: Set<Permission>
    /// To import at all. Empty where the permission to run imports is meant for just these records.
    package let writing: Set<Permission>
    /// To import what removes records, or puts away those that the file does not name.
    package let deleting: Set<Permission>

    package init(reading: Set<Permission> = [], writing: Set<Permission> = [], deleting: Set<Permission> = []) {
        self.reading = reading
        self.writing = writing
        self.deleting = deleting
    }
}

/// Where the records of a target are seen; nil for what has no page.
package struct RecordLinks: Sendable {
    /// The page of one record.
    package let record: (@Sendable (Int64) -> String)?
    /// The list of the records that a job has changed in one way: `created`, `updated`.
    package let changed: (@Sendable (_ job: String, _ change: String) -> String)?

    package init(
        record: (@Sendable (Int64) -> String)? = nil,
        changed: (@Sendable (_ job: String, _ change: String) -> String)? = nil
    ) {
        self.record = record
        self.changed = changed
    }
}
