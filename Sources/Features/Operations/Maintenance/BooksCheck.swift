import Database
import Jobs
import Support

/// A check that every job's rows are counted once, and that the audit trail is whole.
enum BooksCheck {
    static let kind = "books_check"

    static let job = JobKind(
        kind,
        lane: Maintenance.lane,
        order: order,
        keptDays: Maintenance.keptDays
    ) { run in
        try run.batch { $0.stage = "adding up" }
        let books = try JobStore(run.connection).checkBooks()
        try run.batch { state in
            state.stage = "checking the trail"
            state.progress = 50
        }
        let trail = try AuditStore(run.connection).verify()
        let result: JSON = [
            "jobs": .int(books.jobs), "unbalanced": .array(books.unbalanced.map(JSON.string)),
            "audit_rows": .int(trail.rows), "audit_faults": .array(trail.faults.map(JSON.string)),
        ]
        guard books.unbalanced.isEmpty, trail.isIntact else {
            return try run.finish(.failed, message: message(books, trail), result: result)
        }
        try run.log("\(books.jobs) jobs balance, and the audit trail of \(trail.rows) rows is whole.")
        try run.finish(.completed, result: result)
    }

    @Sendable static func order(_ parameters: JSON) -> JobStore.Order {
        JobStore.Order(kind: kind, displayName: "Check of the books", options: parameters)
    }

    private static func message(_ books: JobStore.BooksVerdict, _ trail: AuditVerdict) -> String {
        var parts: [String] = []
        if !books.unbalanced.isEmpty { parts.append("\(books.unbalanced.count) jobs do not balance.") }
        if let fault = trail.faults.first { parts.append("The audit trail was tampered with: \(fault)") }
        return parts.joined(separator: " ")
    }
}
