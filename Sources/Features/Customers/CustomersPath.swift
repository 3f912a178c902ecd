import Web

/// Every address of the pages of customers, for routes and links alike.
enum CustomersPath {
    static let customers: PathPattern = "/customers"
    static let newCustomer: PathPattern = "/customers/new"
    static let customer: PathPattern = "/customers/{id:int}"
    static let deleteCustomer: PathPattern = "/customers/{id:int}/delete"
    static let restoreCustomer: PathPattern = "/customers/{id:int}/restore"
    static let mergeCustomer: PathPattern = "/customers/{id:int}/merge"
    static let unmergeCustomer: PathPattern = "/customers/{id:int}/unmerge"
    /// Customers that seem to be one person.
    static let duplicates: PathPattern = "/customers/duplicates"
    /// Everything that is held of one person, as a file; the API makes it.
    static let customerData: PathPattern = "/api/customers/{id:int}/data"
}
