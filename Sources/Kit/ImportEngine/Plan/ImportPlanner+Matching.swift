import Database
import Jobs
import Records
import Support
import Tables

/// What the planner does behind the last record when most of them were only noted to be matched.
extension ImportPlanner {
    // How much of the checking of a record each step is, as far as was measured; only for showing how far it is.
    static let noting = 0.5
    private static let meeting = 0.4

    static let changedFile = JobError.failed(
        "The file has changed while it was checked. Nothing was imported; upload the file again."
    )

    /// Finds out what the noted records will do, and gives their entries the final form.
    func conclude(_ matching: PlanMatching) throws {
        let total = job.state.books.total
        let (first, rows) = (matching.firstRow, Double(total - matching.firstRow + 1))
        func tell(_ share: Double, isLast: Bool = false) throws {
            try self.tell(checked: first - 1 + Int64(rows * share), isLast: isLast)
        }
        func end() -> UInt64 { monotonicNanoseconds() + Self.readNanoseconds }

        while try matching.meetStored(until: end()) {
            try context.requireSpace()
            try tell(Self.noting + Self.meeting * matching.shareMet)
        }
        while try matching.joinNext() {
            try context.requireSpace()
            try tell(Self.noting + Self.meeting)
        }
        context.ignoreWarnings()
        var reader = context.table.reader()
        var looked = first - 1
        var more = true
        while more {
            try context.requireSpace()
            more = try context.connection.read {
                defer { walk.end() }
                return try writer.close(from: first - 1, until: end()) { index, entry in
                    looked = index + 1
                    var closed = try closed(entry, row: index + 1, matching, &reader)
                    closed.warn(entry.warnings)
                    return closed
                }
            }
            let done = Double(looked + 1 - first) / rows
            try tell(Self.noting + Self.meeting + (1 - Self.noting - Self.meeting) * done, isLast: !more)
        }
        try job.log(
            """
            Compared \(compared.same + compared.new + compared.other) rows with the whole catalogue in one pass: \
            \(compared.same) found, \(compared.new) without a product, \(compared.other) looked up one by one.
            """
        )
    }

    private func closed(
        _ entry: PlanEntry,
        row: Int64,
        _ matching: PlanMatching,
        _ reader: inout CSVReader
    ) throws -> PlanEntry {
        let match = try matching.match(of: row)
        let store = context.store
        switch match {
        case .same(let id, let version):
            compared.same += 1
            let outlook = store.outlookWhereSame(id: id, version: Int64(version))
            return self.entry(offset: entry.offset, line: entry.line, outlook)
        case .none:
            compared.new += 1
            guard store.createsRecords else {
                return self.entry(offset: entry.offset, line: entry.line, store.outlookWhereMissing)
            }
        case .other: compared.other += 1
        }
        if reader.position.row != row {
            reader.seek(to: CSVPosition(byteOffset: entry.offset, line: entry.line, row: row))
        }
        guard try reader.next(), reader.record.position.byteOffset == entry.offset,
            case .good(let key) = try context.intake.read(reader.record)
        else { throw Self.changedFile }
        let outlook = match == .none ? try store.outlookWhereNew(context.record.values) : try self.outlook(key)
        return try self.entry(reader.record, outlook)
    }
}
