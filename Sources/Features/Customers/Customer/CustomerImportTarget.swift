import Identity
package import ImportEngine
import Jobs
import Records
import Web

extension ImportTarget {
    /// Files that become customers. What their rows hold says who somebody is, so to look into such a job takes what it
    /// takes to see customers whole.
    package static let customers = ImportTarget(
        "customers",
        jobKind: "customer_import",
        Customer.table,
        synonyms: [
            .init(
                .field("customer_code"),
                ["Customer ID", "Customer number", "Customer no", "Kundennummer", "Client"]
            ),
            .init(
                .field("first_name"),
                ["Given name", "Forename", "Vorname", "Prénom", "Nombre", "Billing First Name"]
            ),
            .init(.field("last_name"), ["Surname", "Family name", "Nachname", "Apellidos", "Billing Last Name"]),
            .init(.field("email"), ["E-mail address", "Mail", "Customer email", "Billing Email"]),
            .init(.field("phone"), ["Telephone", "Phone number", "Mobile", "Telefon", "Téléphone", "Billing Phone"]),
            .init(
                .field("address"),
                ["Street", "Address1", "Address line 1", "Strasse", "Straße", "Billing Address 1"]
            ),
            .init(.field("postal_code"), ["ZIP", "ZIP code", "Postcode", "PLZ", "Code postal", "Billing Postcode"]),
            .init(.field("city"), ["Town", "Ort", "Stadt", "Ville", "Ciudad", "Billing City"]),
            .init(.field("country"), ["Country code", "Land", "Pays", "País", "Billing Country"]),
            .init(.field("language"), ["Locale", "Sprache", "Langue", "Idioma"]),
            .init(.field("bounced"), ["Bounce", "Hard bounce"]),
            .init(.field("optout"), ["Opt out", "Unsubscribed", "Do not email"]),
            .init(.field("contactable"), ["May contact", "Accepts contact"]),
        ],
        ofCustomers
    )

    private static let ofCustomers: Roles = {
        var roles = Roles()
        roles.title = "last_name"
        roles.lasting = ["optout"]
        roles.access = ImportAccess(
            reading: [.readCustomers, .writeCustomers],
            writing: [.writeCustomers],
            deleting: [.writeCustomers]
        )
        roles.links = RecordLinks(record: { CustomersPath.customer($0).description })
        return roles
    }()
}
