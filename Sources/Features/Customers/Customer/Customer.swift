package import Records
import Support

/// Who buys: the noun's description. Pages, API, history, import and audit are made of it (`CustomerNoun`,
/// `ImportTarget.customers`).
package enum Customer {
    package static let table = RecordTable(
        "customer",
        Noun("customer", "customers"),
        key: .folded("customer_code"),
        fields: [
            RecordField(
                "customer_code",
                "Customer code",
                .identifier(max: 128),
                isRequired: true,
                hint: "As your shop has it, like CUST_001."
            ),
            person("first_name", "First name", 100), person("last_name", "Last name", 100),
            RecordField("email", "E-mail", .format(.email), isPersonal: true),
            RecordField(
                "phone",
                "Phone",
                .format(.phone),
                isPersonal: true,
                hint: "With + and the country's code, like +351 21 000 0000."
            ),
            person("address", "Address", 255), person("postal_code", "Postal code", 20),
            person("city", "City", 100),
            RecordField("country", "Country", .format(.country), hint: "Its code, like PT, or its English name."),
            RecordField("language", "Language", .format(.language), hint: "Its code, like pt."),
            flag("bounced", "Mail bounced", "0"), flag("optout", "Wants no mail", "0"),
            flag("contactable", "May be written to", "1"),
        ]
    )

    private static func person(_ name: String, _ label: String, _ max: Int) -> RecordField {
        RecordField(name, label, .text(max: max, multiline: false), isPersonal: true)
    }

    private static func flag(_ name: String, _ label: String, _ standard: StaticString) -> RecordField {
        RecordField(name, label, .boolean, isRequired: true, default: standard)
    }
}
