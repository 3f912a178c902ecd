import Accounts
package import AdminKit
package import Catalog
package import Database
package import Identity
package import Jobs
import Operations
package import Web

/// What the features bring, put together: the only place that knows all of them.
package enum Composition {
    package static let routes: [AppRoute] =
        Operations.routes + Catalog.routes + Accounts.routes + APIRoutes.routes

    /// What the routes' operations name.
    package static func schemas(_ currency: Currency) -> [NamedSchema] {
        APIRoutes.schemas + Catalog.schemas(currency) + Operations.schemas + Accounts.schemas
    }

    /// The words by which programs tell refusals apart, each once, in order.
    package static let problemCodes: [ProblemCode] = {
        let all =
            ProblemCode.web + ProblemCode.identity + ProblemCode.app + Operations.problemCodes + Catalog.problemCodes
            + Accounts.problemCodes
        let meanings = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
        return meanings.values.sorted { $0.name < $1.name }
    }()

    /// What programs may rely on.
    package static func contract(_ currency: Currency) -> APIContract {
        APIContract(
            routes: routes + [Health.route],
            schemas: schemas(currency),
            version: VersionCommand.version
        )
    }

    package static let migrator = Migrator(
        Accounts.migrations + JobsSchema.migrations + CatalogSchema.migrations + Operations.migrations
    )

    /// Where sealed secrets are: a change of keys goes through all of them.
    static let secrets: [SecretVaultStore.Column] = [.configuration]

    package static let jobKinds: [JobKind] = Catalog.jobs

    package static let navigation: [NavigationEntry] =
        [Operations.home] + Catalog.navigation + Operations.navigation + Accounts.navigation

    package static let jobAccess = JobAccessTable(Catalog.jobAccess)

    package static let topics = EventTopics(Operations.topics + Catalog.topics)

    static let jobPanels = JobPanels(Catalog.jobPanels)

    static let dashboard = DashboardSources(tiles: CatalogTiles.tiles, isNew: CatalogTiles.isEmpty)

    /// Which pool answers which address; nginx's configuration is made from it.
    package static var poolRules: [PoolRule] {
        let guarded = Set(routes.filter(\.isGuarded).map(\.path))
        return ([Health.route] + routes).map { route in
            PoolRule(
                method: route.method,
                path: route.path,
                pool: route.pool,
                keepsTag: guarded.contains(route.path),
                isOpen: route.access == .open
            )
        }
    }
}

/// A route as far as nginx needs to know it.
package struct PoolRule: Sendable {
    package var method: Method
    package var path: PathPattern
    package var pool: Pool
    /// Whether a change may name the version that was read here, which compression would make a weak one.
    package var keepsTag: Bool
    /// Whether everybody may call it without login.
    package var isOpen: Bool

    package init(method: Method, path: PathPattern, pool: Pool, keepsTag: Bool = false, isOpen: Bool = false) {
        self.method = method
        self.path = path
        self.pool = pool
        self.keepsTag = keepsTag
        self.isOpen = isOpen
    }
}
