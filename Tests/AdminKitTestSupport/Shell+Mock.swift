package import AdminKit
import Support
package import Web

extension Shell {
    /// Somebody who may do everything, on a page under that path.
    package static func mock(path: String, user: User? = User(name: "Ana Ribera", role: "admin")) -> Shell {
        Shell(
            assets: StaticAssets(prefix: "/static/0a1b2c3d"),
            version: "0.1.0",
            navigation: [
                NavigationEntry("Home", path: "/", permission: .readProducts, shortcut: "h"),
                NavigationEntry(
                    "Products",
                    path: "/products",
                    group: "Catalogue",
                    permission: .readProducts,
                    shortcut: "p"
                ),
                NavigationEntry(
                    "Imports",
                    path: "/imports",
                    group: "Catalogue",
                    permission: .runImports,
                    shortcut: "i"
                ),
                NavigationEntry("Jobs", path: "/jobs", group: "Operations", permission: .readJobs),
            ],
            permissions: [.readProducts, .runImports, .readJobs],
            path: path,
            user: user,
            csrf: CSRFField(token: "csrf-of-the-test")
        )
    }
}

extension Permission {
    package static let readProducts = Permission(rawValue: "read:products")
    package static let runImports = Permission(rawValue: "run:imports")
    package static let readJobs = Permission(rawValue: "read:jobs")
}
