package import Database
package import Support
package import Web

/// An entry of the audit trail that waits for the runner to write it: a GET never takes the writer gate, so what
/// is to be known of one goes to a file (`LogSpool`), and the runner adds it to the trail within a second or two.
package struct AuditNote: Sendable {
    package var entry: AuditEntry
    package var context: WriteContext

    /// Keeps of the entry what the trail would.
    package init(_ entry: AuditEntry, _ context: WriteContext) {
        self.entry = entry.shortened
        self.context = context
    }

    /// One line of the spool.
    var line: [UInt8] {
        let json: JSON = [
            "at": .int(context.now.milliseconds), "actor": .string(context.actor.description),
            "action": .string(entry.action), "entity": .string(entry.entity), "id": .optional(entry.entityID),
            "before": entry.before ?? .null, "after": entry.after ?? .null, "ip": .optional(context.ip),
            "request_id": .optional(context.requestID),
        ]
        return json.bytes + [0x0A]
    }

    /// Reads a line; nil when it is none.
    init?(line: [UInt8]) {
        guard let json = try? JSON.parse(line), let at = json["at"]?.intValue,
            let actor = json["actor"]?.stringValue.flatMap({ Actor($0) }),
            let action = json["action"]?.stringValue, let entity = json["entity"]?.stringValue
        else { return nil }
        func side(_ name: String) -> JSON? {
            guard let side = json[name], !side.isNull else { return nil }
            return side
        }
        let id = json["id"]?.stringValue
        entry = .kept(AuditEntry(action, entity, id: id, before: side("before"), after: side("after")))
        context = WriteContext(
            actor: actor,
            requestID: json["request_id"]?.stringValue,
            ip: json["ip"]?.stringValue,
            now: Timestamp(milliseconds: at)
        )
    }
}

/// Where requests leave their notes. One of the feature settings.
package struct AuditQueue: Sendable {
    private let append: @Sendable (AuditNote) -> Void
    private let recent = RecentNotes()

    /// - Parameter append: takes a note without waiting for a writer.
    package init(_ append: @escaping @Sendable (AuditNote) -> Void) {
        self.append = append
    }

    /// Appends to a spool. What it does not take, because it is full or the disk is, the log says.
    package init(_ spool: LogSpool, log: Log) {
        self.init { note in
            guard !spool.append(note.line) else { return }
            log.error(
                "an entry for the audit trail was lost",
                [
                    "action": note.entry.action, "actor": note.context.actor.description,
                    "request_id": note.context.requestID,
                ]
            )
        }
    }

    package func add(_ note: AuditNote) { append(note) }

    /// Adds a note of what a user reads, unless there are enough of it; see `RecentNotes`.
    package func addBounded(_ note: AuditNote) {
        if let note = recent.bounded(note) { append(note) }
    }
}

extension RequestContext {
    /// Leaves a note of a request that writes nothing, such as an export. One for HEAD would tell of what was not sent.
    package func note(_ action: String, _ entity: String, id: String? = nil, after: JSON? = nil) throws {
        guard request.method != .head else { return }
        let entry = AuditEntry(action, entity, id: id, after: after)
        settings[AuditQueue.self]?.addBounded(AuditNote(entry, try writeContext))
    }

    /// The answer, with a note that is left when it begins to be sent: one that is refused because too many run already
    /// tells of nothing.
    package func noting(_ response: Response, _ action: String, _ entity: String, after: JSON? = nil) throws -> Response
    {
        guard case .stream(let parts) = response.body, request.method != .head else {
            try note(action, entity, after: after)
            return response
        }
        let (queue, writer) = (settings[AuditQueue.self], try writeContext)
        var isNoted = false
        var noting = response
        noting.body = .stream { bytes in
            if !isNoted { queue?.addBounded(AuditNote(AuditEntry(action, entity, id: nil, after: after), writer)) }
            isNoted = true
            return try parts(bytes)
        }
        return noting
    }
}
