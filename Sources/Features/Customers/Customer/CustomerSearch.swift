import AdminKit
import Database
import Identity
import RecordKit
import Records
import Support
import Web

/// Customers as the search in the frame finds them: by the beginning of their code; for those who see them whole by
/// that of a name or an address of mail, too.
enum CustomerSearch {
    private static let limit = 8

    @Sendable static func hits(_ context: RequestContext, _ words: String) throws -> [SearchHit] {
        let noun = CustomerNoun.noun
        guard !words.trimmed.isEmpty, words.unicodeScalars.count <= RecordFilter.mostText,
            try context.principal.holds(noun.reading)
        else { return [] }
        let filter = try context.seesWhole(noun) ? CustomerFilters.search : CustomerFilters.code
        let found = try RecordStore(context.database, noun.table).list([try filter.condition(words)], limit: limit)
        return try found.map { record in
            let shown = try context.shown(record, noun)
            return SearchHit(
                shown.title,
                note: shown.label,
                path: shown.path,
                group: "Customers",
                icon: .users,
                permission: noun.reading
            )
        }
    }
}
