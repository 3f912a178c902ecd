package import Database
package import Records

extension RevisionStore {
    /// The revisions of products.
    package init(_ connection: Connection) { self.init(connection, ProductFields.table) }
}
