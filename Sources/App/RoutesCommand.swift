import Identity
import Support
import Web

/// `bodega routes`: every address, who may call it, and which processes answer it.
enum RoutesCommand {
    static let command = Command("routes", "list every address with its access and pool") { arguments in
        try arguments.finish()
        print("GET\t/health\topen\tweb\tWhether everything works")
        for route in Composition.routes {
            let words = [route.method.rawValue, "\(route.path)", access(route.access), route.pool.rawValue]
            print((words + [route.operation.summary]).joined(separator: "\t"))
        }
        return 0
    }

    private static func access(_ access: Access) -> String {
        switch access {
        case .open: "open"
        case .login: "login"
        case .permission(let permission): permission.rawValue
        }
    }
}
