import Catalog
package import Database
package import Jobs

/// What the features bring, put together: the only place that knows all of them.
package enum Composition {
    package static let migrator = Migrator(JobsSchema.migrations + CatalogSchema.migrations)

    package static let jobKinds: [JobKind] = [ProductImport.job]
}
