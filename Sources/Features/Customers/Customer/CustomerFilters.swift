import AdminKit
import Database
import RecordKit
import Records
import Support
import Web

/// The filters of the list of customers. Those by what says who somebody is are only for those who may know.
enum CustomerFilters {
    static let all: [RecordFilter] =
        [
            search,
            .flag("contactable", "May be written to", "whether they may be written to"),
            .flag("optout", "Wants no mail", "whether they want no mail"),
            .flag("bounced", "Mail bounced", "whether mail came back"),
        ] + equal + [code, .changedSince]

    private static let equal: [RecordFilter] = [
        ("country", "in this country, by its code or its English name"), ("email", "with this address of mail"),
        ("phone", "with this number, however it is written"), ("city", "in this city, as it is written"),
        ("postal_code", "with this postal code, as it is written"),
    ].compactMap { (name: String, description: String) -> RecordFilter? in
        Customer.table.field(name).map { RecordFilter.equal($0, description) }
    }

    static let code = RecordFilter(
        "customer_code",
        "Customer code begins with",
        .text(),
        .text(length: 0...RecordFilter.mostText),
        "how the code begins, in any case"
    ) { (text) throws(WebError) in
        RecordFilter.begins("customer_code_norm", with: try RecordFilter.checked(text, "customer_code").caseFolded)
    }

    /// Each way by an index of its own. Letters with marks in names are found as they are written.
    static let search = RecordFilter(
        "q",
        "Search",
        .search,
        .text(length: 0...RecordFilter.mostText),
        "how the code, a name or the address of mail begins, in any case",
        isPersonal: true
    ) { (text) throws(WebError) in
        let word = try RecordFilter.checked(text, "q")
        // Names are indexed as the database folds them: plain letters only.
        let plain = String(decoding: word.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
        return """
            (\(RecordFilter.begins("customer_code_norm", with: word.caseFolded))
                OR \(RecordFilter.begins("email", with: word.caseFolded))
                OR \(RecordFilter.begins("lower(first_name)", with: plain))
                OR \(RecordFilter.begins("lower(last_name)", with: plain)))
            """
    }
}
