package import Support

/// What a repair has noted: where its file lies, how far it came, and what became of the rows. Stands in the job's
/// checkpoint while it runs; what people want to know of it is kept in the job's result.
package struct RepairNotes: Sendable, Equatable {
    /// The name of the errand, see `JobStore.begin`.
    package static let errand = "repair"

    var source: ImportJob.Source
    var filename: String
    /// The last failing row that was looked at.
    var row: Int64 = 0
    /// Records of the file by the reason for which they are ignored; nil until they are known.
    var ignored: [RepairIndex.Ignored: Int64]?
    var created: Int64 = 0
    var updated: Int64 = 0
    var unchanged: Int64 = 0
    var skipped: Int64 = 0
    /// Rows that came back and still fail.
    var failed: Int64 = 0

    package init(_ source: ImportJob.Source, filename: String) {
        self.source = source
        self.filename = filename
    }

    /// Rows that fail no longer.
    var repaired: Int64 { created + updated + unchanged + skipped }

    /// - Parameter folder: the data folder.
    package init?(json: JSON, in folder: String) {
        guard let source = json["source"].flatMap({ ImportJob.Source(json: $0, in: folder) }) else { return nil }
        self.source = source
        filename = json["filename"]?.stringValue ?? ""
        row = json["row"]?.intValue ?? 0
        created = json["created"]?.intValue ?? 0
        updated = json["updated"]?.intValue ?? 0
        unchanged = json["unchanged"]?.intValue ?? 0
        skipped = json["skipped"]?.intValue ?? 0
        failed = json["still_failed"]?.intValue ?? 0
        if let found = json["ignored"]?.members {
            ignored = [:]
            for member in found {
                if let reason = RepairIndex.Ignored(rawValue: member.name) { ignored?[reason] = member.value.intValue }
            }
        }
    }

    /// For the checkpoint.
    package var json: JSON { .object([JSON.Member("source", source.json), JSON.Member("row", .int(row))] + members) }

    /// For the job's result: what the file was called, how many rows were repaired and how, which came back in vain.
    var outcome: JSON { .object([JSON.Member("repaired", .int(repaired))] + members) }

    private var members: [JSON.Member] {
        var members = [
            JSON.Member("filename", .string(filename)), JSON.Member("created", .int(created)),
            JSON.Member("updated", .int(updated)), JSON.Member("unchanged", .int(unchanged)),
            JSON.Member("skipped", .int(skipped)), JSON.Member("still_failed", .int(failed)),
        ]
        if let ignored {
            let counts = RepairIndex.Ignored.allCases.map { JSON.Member($0.rawValue, .int(ignored[$0] ?? 0)) }
            let total = JSON.Member("total", .int(ignored.values.reduce(0, +)))
            members.append(JSON.Member("ignored", .object([total] + counts)))
        }
        return members
    }
}
