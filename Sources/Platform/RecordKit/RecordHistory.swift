import AdminKit
import Identity
import Records

/// The history of one record as its page shows it.
struct RecordHistory {
    private let noun: RecordNoun
    private let isWhole: Bool
    private let context: RequestContext

    init(_ noun: RecordNoun, _ isWhole: Bool, _ context: RequestContext) {
        self.noun = noun
        self.isWhole = isWhole
        self.context = context
    }

    /// Newest first.
    func rows(_ id: Int64) throws -> [RecordRevisionRow] {
        var names = try ActorNames(context)
        let currency = try context.currency
        func shown(_ field: RecordField, _ value: RecordValue) -> String? {
            let text = field.text(isWhole ? value : field.masked(value), currency)
            return value == .none ? nil : text
        }
        return try RecordVersions(context.database, noun.table, id).page(limit: 50).changes.map { change in
            let revision = change.revision
            return RecordRevisionRow(
                version: revision.version,
                at: revision.at,
                actor: try names.name(of: revision.actor),
                job: try revision.jobID.flatMap { try names.job($0) },
                kind: revision.change.rawValue,
                changes: revision.change == .create
                    ? []
                    : change.fields.map { field, before, after in
                        .init(label: field.label, before: shown(field, before), after: shown(field, after))
                    } + (revision.before.map(noun.changesOfDerived) ?? [])
            )
        }
    }
}
