import Catalog
import Identity
import Money
import Support
import Web

/// `bodega routes`: every address, who may call it, and which processes answer it.
enum RoutesCommand {
    static let command = Command(
        "routes",
        "list every address with its scope, its roles and its pool",
        help: ["--openapi  the OpenAPI document instead, for a shop in euros"]
    ) { arguments in
        let isDocument = arguments.flag("openapi")
        try arguments.finish()
        if isDocument {
            print(OpenAPIDocument(Composition.contract(.euro)).json.text)
            return 0
        }
        for route in [Health.route] + Composition.routes {
            let roles = route.access == .open ? "everybody" : route.access.roles.map(\.rawValue).joined(separator: " ")
            let needs = access(route.access) + (route.needs.map { " and \($0.words)" } ?? "")
            let words = [route.method.rawValue, "\(route.path)", needs, roles, route.pool.rawValue]
            print((words + [route.operation.summary]).joined(separator: "\t"))
        }
        return 0
    }

    private static func access(_ access: Access) -> String {
        switch access {
        case .open: "open"
        case .login: "login"
        case .permission(let permission): permission.rawValue
        case .anyOf(let some): some.inOrder.map(\.rawValue).joined(separator: "|")
        case .gathered(let name): name
        }
    }
}
