package import Database
package import Support

/// `bodega audit verify`.
package enum AuditCommands {
    package static let summary = "check the audit trail"

    /// What `--help` prints.
    package static let help = [
        "verify [--known N:HASH] [--json]",
        "Checks every row of the audit trail and names those that were changed, removed, put in or moved; the exit",
        "code is 1 then. It prints number and hash of the last row: kept elsewhere and given with --known, they also",
        "prove that nobody has made the whole trail anew.",
    ]

    /// Runs the words behind `bodega audit`.
    ///
    /// Throws `UsageError` for words that are not understood.
    /// - Parameter out: takes one line of output.
    /// - Returns: the exit code: 0 when the trail is whole, else 1.
    package static func run(
        _ arguments: inout Arguments,
        database: Connection,
        out: (String) -> Void
    ) throws -> Int32 {
        let known = try arguments.option("known").map { (text) throws(UsageError) in try head(text) }
        let asJSON = arguments.flag("json")
        let word = try arguments.next("verify")
        guard word == "verify" else { throw UsageError("bodega audit has no '\(word)', only verify.") }
        try arguments.finish()
        let verdict = try AuditStore(database).verify(known: known)
        asJSON ? out(json(verdict).text) : tell(verdict, out)
        return verdict.isIntact ? 0 : 1
    }

    private static func head(_ text: String) throws(UsageError) -> AuditHead {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let id = Int64(parts[0]), id > 0, let hash = bytes(hex: parts[1]), hash.count == 32
        else {
            throw UsageError("--known takes what verify printed: the row's number, a colon, and 64 hexadecimal digits.")
        }
        return AuditHead(id: id, hash: hash)
    }

    private static func bytes(hex: String) -> [UInt8]? {
        let digits = hex.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard !digits.contains(nil), digits.count.isMultiple(of: 2) else { return nil }
        let values = digits.compactMap { $0 }
        return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    }

    private static func tell(_ verdict: AuditVerdict, _ out: (String) -> Void) {
        let rows = verdict.rows == 1 ? "1 row" : "\(verdict.rows) rows"
        guard !verdict.isIntact else {
            out("The audit trail is whole: \(rows), none changed, removed, put in or moved.")
            if let head = verdict.head { out("Last row: \(head.id):\(head.hash.hex)") }
            return
        }
        verdict.faults.forEach(out)
        let left = verdict.faultCount - verdict.faults.count
        if left > 0 { out("… and \(left) more.") }
        out("The audit trail was tampered with: \(verdict.faultCount) faults in \(rows).")
    }

    private static func json(_ verdict: AuditVerdict) -> JSON {
        let head: JSON = verdict.head.map { ["id": .int($0.id), "hash": .string($0.hash.hex)] } ?? .null
        return [
            "intact": .bool(verdict.isIntact), "rows": .int(verdict.rows),
            "faults": .array(verdict.faults.map(JSON.string)), "fault_count": .int(verdict.faultCount), "head": head,
        ]
    }
}
