import AdminKit
import Jobs
import Support
import Web

extension MappingModel {
    init(_ job: Job, _ draft: MappingDraft, _ table: ImportSampleTable, _ currency: Currency) throws {
        let found = draft.columns(table.headers)
        var trial: ImportTrial?
        if case .success(let columns) = found {
            var reader = try table.reader()
            trial = try ImportTrial(&reader, columns, currency, draft.options.blank)
        }
        let findings = (trial?.findings ?? []).map { finding in
            (
                finding.column,
                Finding(
                    code: finding.code,
                    count: finding.count,
                    isWarning: finding.isWarning,
                    examples: finding.examples
                )
            )
        }
        self.init(
            id: job.publicID,
            filename: job.filename ?? job.displayName,
            format: MappingFormat.fields(table, draft.options.table),
            header: ImportProfile.fingerprint(table.headers) ?? "",
            columns: [],
            rowFindings: findings.filter { $0.0 == nil }.map(\.1),
            trial: trial.map { Trial(good: $0.good, tried: $0.tried, continued: $0.continued) },
            error: draft.formatError ?? Self.error(found),
            profile: ImportProfileUse.sentence(job.parameters["profile"]),
            profileName: draft.profileName ?? "",
            profileError: draft.profileError,
            isPlanned: job.waitingReason != Job.waitsForMapping
        )
        let shown = ImportColumns.provisional(headers: table.headers, mapping: draft.options.mapping)
        columns = table.headers.indices.map { index in
            Self.column(index, shown, draft, table, findings.filter { $0.0 == index }.map(\.1))
        }
    }

    private static func column(
        _ index: Int,
        _ columns: ImportColumns,
        _ draft: MappingDraft,
        _ table: ImportSampleTable,
        _ findings: [Finding]
    ) -> Column {
        let rule = columns.rules[index]
        let target = rule?.target ?? columns.target(of: index)
        var column = Column(
            index: index,
            header: table.headers[index],
            samples: table.values(of: index),
            target: target.name ?? "",
            attribute: "",
            blank: rule?.blank?.rawValue ?? "",
            standard: rule?.standard ?? "",
            origin: nil,
            findings: findings,
            error: draft.problems.first { $0.field == "target-\(index)" }?.detail
        )
        if case .attribute(let name) = target {
            (column.target, column.attribute) = (MappingForm.attributeChoice, name)
        }
        if rule == nil, let field = columns.positions.firstIndex(of: index) {
            column.origin = columns.origins[field] == .synonym ? "another name of the field" : nil
        }
        return column
    }

    private static func error(_ found: Result<ImportColumns, ImportColumns.Refusal>) -> String? {
        guard case .failure(let refusal) = found else { return nil }
        switch refusal {
        case .noSKUColumn: return "Say which column holds the SKU: it names the products."
        case .ambiguousSKU(let columns, _):
            return "The SKU may stand in \(columns.joined(separator: " or ")): say which one it is."
        case .duplicateColumn(let field, let columns):
            return "\(columns.joined(separator: " and ")) both mean \(field): only one of them can."
        case .missingColumn(let name, _): return "The file has no column '\(name)'."
        }
    }
}
