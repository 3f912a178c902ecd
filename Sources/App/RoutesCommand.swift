import Support
import Web

/// `bodega routes`: every address, who may call it, and which processes answer it.
enum RoutesCommand {
    static let command = Command("routes", "list every address with its access and pool") { arguments in
        try arguments.finish()
        for rule in Application.poolRules {
            print("\(rule.method.rawValue)\t\(rule.path)\t\(rule.pool.rawValue)")
        }
        return 0
    }
}
