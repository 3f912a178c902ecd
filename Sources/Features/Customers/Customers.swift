package import AdminKit
import Identity
import ImportKit
import Jobs
import Money
import RecordKit
import Web

/// Customers: who buys, as clean people made of files and of what is typed.
///
/// A customer is a plain noun: its description (`Customer.table`, `CustomerNoun`) is all that list, form, API, history,
/// audit and import need. What says who somebody is (`RecordField.isPersonal`) is masked for those who may not write
/// customers, and stands in no log, event, address or error.
///
/// Customers that are one person are merged without rewriting anything (`CustomerMergeStore`), so that it can be taken
/// back.
package enum Customers {
    package static let feature = Feature {
        $0.routes =
            RecordPages(CustomerNoun.noun).routes + RecordAPI(CustomerNoun.noun).routes + CustomerDataAPI.routes
            + CustomerMergeAPI.routes + CustomerMergePages.routes
        $0.schemas = { settings in
            RecordSchemas(CustomerNoun.noun, settings[Currency.self] ?? .euro).all + CustomerDataAPI.schemas
                + CustomerMergeAPI.schemas
        }
        $0.problemCodes = ProblemCode.customers
        $0.events = CustomerEvents.all
        $0.migrations = CustomersSchema.migrations
        $0.chores = { house in
            let configuration = house.configuration
            let history = HistoryRetention(
                house.connection,
                Customer.table,
                days: { try configuration.value(ImportSettings.historyDays) }
            )
            return [
                JobChore("pruning the history of customers", everySeconds: 3600, isRetention: true, step: history.step)
            ]
        }
        $0.search = CustomerSearch.hits
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
