import Accounts
package import AdminKit
import Catalog
import Customers
package import Database
package import Identity
package import ImportEngine
import ImportKit
import Jobs
package import Money
import Operations
package import Web
import Webhooks

/// What the features bring, put together: the only place that knows all of them.
package enum Composition {
    /// In the order in which the menu has them.
    package static let features: [Feature] = slices + [Accounts.feature(settings)]

    /// What files can become; products where nothing is said.
    package static let targets = ImportTargets(.products, [.customers])

    private static let slices: [Feature] = {
        let told: [Feature] = [
            Catalog.feature, Imports.feature(targets), Customers.feature, Operations.feature,
        ]
        return told + [Webhooks.feature(told.flatMap(\.events))]
    }()

    /// Every setting that an administrator may choose while Bodega runs.
    package static let settings = ConfigurationEntries(slices.flatMap(\.settings))

    package static let routes: [AppRoute] = features.routes + APIRoutes.routes

    /// What the routes' operations name.
    package static func schemas(_ currency: Currency) -> [NamedSchema] {
        var settings = FeatureSettings()
        settings[Currency.self] = currency
        settings[JobDescriptions.self] = jobs
        settings[ImportTargets.self] = targets
        return APIRoutes.schemas + features.flatMap { $0.schemas(settings) }
    }

    /// The words by which programs tell refusals apart, each once, in order.
    package static let problemCodes: [ProblemCode] = {
        let all = ProblemCode.web + ProblemCode.identity + ProblemCode.app + features.flatMap(\.problemCodes)
        let meanings = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
        return meanings.values.sorted { $0.name < $1.name }
    }()

    /// What programs may rely on.
    static func contract(_ currency: Currency) -> APIContract {
        APIContract(
            routes: routes + [Health.route],
            schemas: schemas(currency),
            events: events,
            version: VersionCommand.version
        )
    }

    /// What is published for other systems, by name.
    package static let events: [EventType] = features.flatMap(\.events).sorted { $0.name < $1.name }

    package static let migrator = Migrator(JobsSchema.migrations + features.flatMap(\.migrations))

    /// In the order in which `bodega --help` lists them.
    static let commands: [FeatureCommand] = features.reversed().flatMap(\.commands)

    /// Where sealed secrets are: a change of keys goes through all of them.
    package static let secrets: [SecretVaultStore.Column] = features.flatMap(\.secrets)

    package static let jobs = JobDescriptions(features.flatMap(\.jobs))

    /// What stands in no group comes first.
    package static let navigation: [NavigationEntry] = {
        let all = features.flatMap(\.navigation)
        return all.filter(\.group.isEmpty) + all.filter { !$0.group.isEmpty }
    }()

    package static let topics = EventTopics(features.flatMap(\.topics))

    static let shared = SharedSources(
        attention: { context in try features.flatMap { try $0.attention(context) } },
        search: { context, words in try features.flatMap { try $0.search(context, words) } }
    )

    static let dashboard = DashboardSources(
        tiles: { context in try features.flatMap { try $0.tiles(context) } },
        cards: { context in try features.flatMap { try $0.cards(context) } },
        isNew: { context in try features.allSatisfy { try $0.isEmpty(context) } }
    )

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
