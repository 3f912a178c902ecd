package import AdminKit
import Identity
import Money
import RecordKit
import Web

/// Customers: who buys, as clean people made of files and of what is typed.
///
/// A customer is a plain noun: its description (`Customer.table`, `CustomerNoun`) is all that list, form, API, history,
/// audit and import need. What says who somebody is (`RecordField.isPersonal`) is masked for those who may not write
/// customers, and stands in no log, event, address or error.
package enum Customers {
    package static let feature = Feature {
        $0.routes =
            RecordPages(CustomerNoun.noun).routes + RecordAPI(CustomerNoun.noun).routes + CustomerDataAPI.routes
        $0.schemas = { settings in
            RecordSchemas(CustomerNoun.noun, settings[Currency.self] ?? .euro).all + CustomerDataAPI.schemas
        }
        $0.problemCodes = ProblemCode.customers
        $0.migrations = CustomersSchema.migrations
        $0.navigation = [
            NavigationEntry(
                "Customers",
                path: CustomersPath.customers.description,
                group: "Customers",
                permission: .readCustomers,
                icon: .users
            )
        ]
    }
}
