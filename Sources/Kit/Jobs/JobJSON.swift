public import Support

extension Job {
    /// The job as the API shows it, in answers and in events.
    public func json(at now: Timestamp) -> JSON {
        var members: [JSON.Member] = []
        func add(_ name: String, _ value: JSON) { members.append(JSON.Member(name, value)) }
        add("id", .string(publicID))
        add("kind", .string(kind))
        add("display_name", .string(displayName))
        add("status", .string(status.rawValue))
        add("stage", .optional(stage))
        add("progress", .int(progress))
        add("filename", .optional(filename))
        add("total_rows", .int(books.total))
        add("processed_rows", .int(books.processed))
        add("created_rows", .int(books.created))
        add("updated_rows", .int(books.updated))
        add("unchanged_rows", .int(books.unchanged))
        add("skipped_rows", .int(books.skipped))
        add("failed_rows", .int(books.failed))
        add("error_message", .optional(errorMessage))
        add("priority", .int(priority))
        add("attempt", .int(attempt))
        add("takeovers", .int(takeovers))
        add("working_ms", .int(workingMilliseconds(at: now)))
        add("worker_alive", isWorkerAlive(at: now).map(JSON.bool) ?? .null)
        add("rows_per_second", .optional(status.isRunning ? rowsPerSecond.map { Int64($0) } : nil))
        add("eta_seconds", .optional(etaSeconds))
        add("waiting_reason", .optional(waitingReason))
        add("peak_memory_bytes", .optional(peakMemoryBytes))
        add("waiting_for", .optional(waitingFor?.publicID))
        add("undo_of", .optional(undoOf?.publicID))
        add("undone_by", .optional(effectiveUndo?.publicID))
        add("duplicate_of", .optional(duplicateOf?.publicID))
        add("user_id", .optional(userID))
        add("options", options)
        add("found", parameters["found"] ?? .null)
        add("result", result ?? .null)
        add("created_at", .string(createdAt.rfc3339))
        add("started_at", .optional(startedAt))
        add("completed_at", .optional(completedAt))
        add("links", links)
        return .object(members)
    }

    /// Paths of what may be done or read now.
    private var links: JSON {
        let base = "/api/jobs/\(publicID)"
        var links = [JSON.Member("self", .string(base)), JSON.Member("events", .string("\(base)/events"))]
        links.append(JSON.Member("errors", .string("\(base)/errors")))
        if books.failed > 0 { links.append(JSON.Member("errors_csv", .string("\(base)/errors.csv"))) }
        if canRepair { links.append(JSON.Member("repair", .string("\(base)/repair"))) }
        if hasPlan { links.append(JSON.Member("plan", .string("\(base)/plan"))) }
        if canConfirm || status == .awaitingConfirmation && waitingReason == Self.waitsForEncoding {
            links.append(JSON.Member("confirm", .string("\(base)/confirm")))
        }
        if canConfirm { links.append(JSON.Member("replan", .string("\(base)/replan"))) }
        if canCancel { links.append(JSON.Member("cancel", .string("\(base)/cancel"))) }
        if canRetry { links.append(JSON.Member("retry", .string("\(base)/retry"))) }
        if canRestart { links.append(JSON.Member("restart", .string("\(base)/restart"))) }
        if canUndo { links.append(JSON.Member("undo", .string("\(base)/undo"))) }
        links.append(JSON.Member("attempts", .string("\(base)/attempts")))
        if canBeRemoved { links.append(JSON.Member("delete", .string(base))) }
        if keepsFile { links.append(JSON.Member("file", .string("\(base)/file"))) }
        return .object(links)
    }

    /// How far, in whole per cent: 100 only when it is over.
    static func progress(of books: Books) -> Int64 {
        books.total > 0 ? min(99, books.processed * 100 / books.total) : 0
    }
}
