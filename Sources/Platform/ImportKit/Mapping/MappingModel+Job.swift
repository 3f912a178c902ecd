import AdminKit
import ImportEngine
import Jobs
import Money
import Records
import Support
import Tables
import Web

extension MappingModel {
    init(
        _ job: Job,
        _ draft: MappingDraft,
        _ table: ImportSampleTable,
        _ currency: Currency,
        scratch: String
    ) throws {
        let found = draft.columns(table.headers)
        var trial: ImportTrial?
        if case .success(let columns) = found {
            var reader = try table.reader(draft.options.ragged)
            trial = try ImportTrial(
                &reader,
                table.format,
                columns,
                currency,
                draft.options.blank,
                isWhole: table.isWhole(after:)
            )
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
            rowTarget: draft.options.target,
            format: MappingFormat.fields(table, draft.options.table),
            header: ImportProfile.fingerprint(table.headers) ?? "",
            columns: [],
            rowFindings: findings.filter { $0.0 == nil }.map(\.1),
            trial: trial.map { Trial(good: $0.good, tried: $0.tried, continued: $0.continued, total: $0.total) },
            error: draft.formatError ?? Self.error(found),
            stored: trial.map { Stored($0.stored) } ?? Stored(),
            profile: ImportProfileUse.sentence(job.parameters["profile"]),
            profileName: draft.profileName ?? "",
            profileError: draft.profileError,
            isPlanned: !job.waitsForReading
        )
        identify = Self.identify(table.headers, draft.options.identify ?? .sku)
        if let guess = draft.guesses.identity, guess.choice == draft.options.identify { identifyReason = guess.reason }
        if draft.options.identify != nil { identity = try table.identity(draft.options, nil, scratch: scratch) }
        encodings = try Self.encodings(job, table)
        if !encodings.isEmpty { format.removeAll { $0.name == "encoding" } }
        let shown = ImportColumns.provisional(
            headers: table.headers,
            mapping: draft.options.mapping,
            target: draft.options.target
        )
        columns = table.headers.indices.map { index in
            Self.column(index, shown, draft, table, trial?.stored, findings.filter { $0.0 == index }.map(\.1))
        }
    }

    /// As the upload was found, so that another choice can be made as long as the import waits.
    private static func encodings(_ job: Job, _ table: ImportSampleTable) throws -> [EncodingChoice] {
        let likely = TableFormat(json: job.parameters["format"] ?? .null).likelyEncodings
        guard !likely.isEmpty else { return [] }
        return try table.samples(in: likely).map { sample in
            EncodingChoice(
                name: sample.encoding.rawValue,
                title: sample.encoding.plainTitle,
                texts: sample.texts,
                isChosen: sample.encoding == table.format.encoding
            )
        }
    }

    /// The SKU, the handle, or any column that has a name of its own.
    private static func identify(_ headers: [String], _ chosen: ImportIdentity) -> FormField {
        let names = HeaderIndex(headers)
        var choices = [ImportIdentity.sku, .handle].map { FormField.Choice($0.text, ImportOptionFields.title($0)) }
        for index in headers.indices {
            let name = names.name(of: index)
            guard case .columns? = ImportIdentity(text: name) else { continue }
            choices.append(.init(name, headers[index].isEmpty ? "Column \(index + 1)" : headers[index]))
        }
        if !choices.contains(where: { $0.value == chosen.text }) { choices.append(.init(chosen.text, chosen.text)) }
        return FormField(
            "identify",
            "What identifies a product",
            .select(choices),
            value: chosen.text
        )
    }

    private static func column(
        _ index: Int,
        _ columns: ImportColumns,
        _ draft: MappingDraft,
        _ table: ImportSampleTable,
        _ stored: StoredSamples?,
        _ findings: [Finding]
    ) -> Column {
        let rule = columns.rules[index]
        let target = rule?.target ?? columns.target(of: index)
        var column = Column(
            index: index,
            header: table.headers[index],
            samples: table.values(of: index).map { text in
                Sample(text: text, stored: stored?.value(of: text, in: index))
            },
            target: target.name ?? "",
            attribute: "",
            blank: rule?.blank?.rawValue ?? "",
            standard: rule?.standard ?? "",
            certainty: .known,
            reason: nil,
            filled: ColumnContent.filledShare(table.all(of: index)),
            findings: findings,
            error: draft.problems.first { $0.field == "target-\(index)" }?.detail
        )
        if case .attribute(let name) = target {
            (column.target, column.attribute) = (MappingForm.attributeChoice, name)
        }
        if column.attribute.isEmpty {
            column.attribute = MappingForm.attributeName(table.headers[index], index) ?? ""
        }
        (column.certainty, column.reason) = certainty(index, target, draft)
        return column
    }

    /// How sure it is what a column means, and why.
    private static func certainty(
        _ index: Int,
        _ target: ImportMapping.Target,
        _ draft: MappingDraft
    ) -> (Certainty, String?) {
        if target == .nothing {
            let note = draft.guesses.notes[index]
            return (note?.hasSuffix("?") == true ? .open : .leftOut, note)
        }
        if let guess = draft.guesses.columns[index], guess.target == target { return (.guessed, guess.reason) }
        guard draft.known.target(of: index) == target else { return (.chosen, nil) }
        if draft.known.rules[index] != nil { return (.known, nil) }
        let field = draft.known.positions.firstIndex(of: index)
        return (.known, field.flatMap { draft.known.origins[$0] } == .synonym ? "another name of the field" : nil)
    }

    private static func error(_ found: Result<ImportColumns, ImportColumns.Refusal>) -> String? {
        guard case .failure(let refusal) = found else { return nil }
        switch refusal {
        case .noKeyColumn("sku", _): return "Say which column holds the SKU, or what else identifies a product."
        case .noKeyColumn(let field, _): return "Say which column holds the \(field)."
        case .ambiguousKey(let field, let columns, _):
            let key = field == "sku" ? "SKU" : field
            return "The \(key) may stand in \(columns.joined(separator: " or ")): say which one it is."
        case .duplicateColumn(let field, let columns):
            return "\(columns.joined(separator: " and ")) both mean \(field): only one of them can."
        case .missingColumn(let name, _): return "The file has no column '\(name)'."
        case .noIdentity(let wanted, _):
            return "No column is called '\(wanted)': choose another that names the products."
        }
    }
}

extension MappingModel.Stored {
    init(_ samples: StoredSamples) {
        fields = samples.fields.map { samples.target.fields[$0].label }
        rows = samples.shown
    }
}
