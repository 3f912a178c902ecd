import ImportEngine
import Jobs
import Support

/// A plan as the API writes it.
enum PlanJSON {
    /// - Parameter odd: what is odd about cells, beside what the plan itself warns of.
    static func summary(
        _ job: Job,
        _ counts: PlanCounts,
        heldBack: Int64,
        samples: [PlanRow],
        odd: ImportWarningSummary,
        _ target: ImportTarget
    ) -> JSON {
        let findings = ImportGuard.findings(counts)
        return [
            "job_id": .string(job.publicID), "status": .string(job.status.rawValue),
            "waiting_reason": .optional(job.waitingReason), "total_rows": .int(counts.rows),
            "counts": .object(PlanState.allCases.map { JSON.Member($0.name, .int(counts[$0])) }),
            "skipped": .object(
                PlanReason.allCases.compactMap { reason in
                    reason.code.map { JSON.Member($0, .int(counts[reason: reason])) }
                }
            ),
            "held_back": .int(heldBack), "guard": .array(findings.map(finding)),
            "samples": .array(samples.map { row($0, target) }),
            "ignored_columns": job.parameters["ignored"] ?? .array([]),
            "ignored_prices": job.parameters["ignored_prices"] ?? .array([]),
            "identify": job.parameters["identify"] ?? .null,
            "new_brands": [
                "count": .int(odd.newBrands.count), "names": .array(odd.newBrands.names.map(JSON.string)),
            ],
            "warnings": .array(warnings(counts).map(warning) + (odd.json.arrayValue ?? [])),
        ]
    }

    /// What deserves a look, with its number.
    static func warnings(_ counts: PlanCounts) -> [(code: String, count: Int64, text: String)] {
        PlanWarnings.all.compactMap { warning, code in
            let count = counts[warning: warning]
            return count > 0 ? (code, count, PlanMessages.warning(code, counts.limits)) : nil
        }
    }

    private static func warning(_ warning: (code: String, count: Int64, text: String)) -> JSON {
        [
            "code": .string(warning.code), "column": .null, "count": .int(warning.count),
            "message": .string(warning.text), "rows": .array([]),
        ]
    }

    private static func finding(_ finding: ImportGuard.Finding) -> JSON {
        [
            "kind": .string(finding.kind.rawValue), "count": .int(finding.count), "rows": .int(finding.rows),
            "percent": .optional(finding.percent), "limit_percent": .int(finding.limits.sharePercent),
            "message": .string(PlanMessages.text(finding)),
        ]
    }

    static func row(_ row: PlanRow, _ target: ImportTarget) -> JSON {
        var members = [
            JSON.Member("row", .optional(row.row)), JSON.Member("line", .optional(row.line)),
            JSON.Member("state", .string(row.state.name)),
            JSON.Member("reason", row.heldBack == nil ? .optional(row.reason.code) : .string(PlanFilter.heldBackName)),
            JSON.Member(target.keyName, .optional(row.label)), JSON.Member("name", .optional(row.name)),
            JSON.Member(target.idName, .optional(row.recordID)),
            JSON.Member("changes", .array(row.changes.map(change))),
            JSON.Member("errors", .array(row.problems.map(problem))),
            JSON.Member("warnings", .array(codes(row.warnings).map(JSON.string))),
            JSON.Member("record_id", .optional(row.recordID)), JSON.Member("label", .optional(row.label)),
        ]
        if let winner = row.winner { members.append(JSON.Member("superseded_by", .int(winner))) }
        if let held = row.heldBack {
            members.append(JSON.Member("by", .optional(held.by)))
            members.append(JSON.Member("at", .optional(held.at)))
        }
        return .object(members)
    }

    private static func codes(_ warnings: PlanWarnings) -> [String] {
        PlanWarnings.all.filter { warnings.contains($0.warning) }.map(\.code)
    }

    private static func change(_ change: PlanChange) -> JSON {
        ["field": .string(change.field), "before": .optional(change.before), "after": .optional(change.after)]
    }

    private static func problem(_ problem: ImportProblem) -> JSON {
        let message = problem.message
        return [
            "column": .optional(problem.column), "code": .string(problem.code),
            "message": .string("\(message.text) \(message.cure)".trimmed), "value": .optional(problem.value),
        ]
    }
}
