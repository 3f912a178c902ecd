import Database
import Identity
import Support
import Tables
import Web

/// The audit trail as a CSV file, in pieces: memory does not grow with it.
struct AuditExport {
    private static let piece = 500
    private static let columns = [
        "id", "at", "actor", "action", "entity", "entity_id", "before", "after", "ip", "request_id", "previous_hash",
        "hash",
    ]

    private let filter: AuditTrailStore.Filter
    private var after: Int64 = 0
    private var isBegun = false
    private(set) var isAtEnd = false

    init(_ filter: AuditTrailStore.Filter) {
        self.filter = filter
    }

    @Sendable static func answer(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(AuditQuery.filters)
        var export = AuditExport(try AuditQuery.filter(context.request.query))
        // What goes wrong at once is answered with an error and not with a broken file.
        var first = try export.next(context.database)
        let isWhole = export.isAtEnd
        let wanted = context.request.query.all.map { JSON.Member($0.name, .string($0.value)) }
        let day = context.environment.now().rfc3339.prefix(10)
        let answer = Response(
            status: 200,
            headers: .headers(["Content-Type": "text/csv; charset=utf-8"]),
            body: isWhole
                ? .bytes(first ?? [])
                : .stream { [database = context.database] _ in
                    if let part = first.take() { return part }
                    return try export.next(database)
                }
        ).attached(as: "audit-\(day).csv")
        return try context.noting(answer, "audit.export", "audit", after: ["query": .object(wanted)])
    }

    /// The next piece; nil after the last.
    mutating func next(_ connection: Connection) throws -> [UInt8]? {
        guard !isAtEnd else { return nil }
        var writer = CSVWriter()
        if !isBegun { writer.append(record: Self.columns) }
        isBegun = true
        let rows = try AuditTrailStore(connection).list(filter, after: after, descends: false, limit: Self.piece)
        for row in rows { writer.append(record: Self.cells(row)) }
        after = rows.last?.id ?? after
        isAtEnd = rows.count < Self.piece
        return writer.take()
    }

    /// Texts that a spreadsheet would take for a formula get an apostrophe: this file is not read back.
    private static func cells(_ row: AuditRecord) -> [String] {
        [
            String(row.id), row.at.rfc3339, row.actor, row.action, row.entity, row.entityID ?? "", row.before ?? "",
            row.after ?? "", row.ip ?? "", row.requestID ?? "", row.previousHash.hex, row.hash.hex,
        ].map(FormulaCells.shown)
    }
}
