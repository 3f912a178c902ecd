package import Web

// One list for both ways in: a role holds permissions, a token's scopes are permissions. A token never reaches
// further than its user's role at the moment of the request.

extension Permission {
    /// See products, categories and their history.
    package static let readProducts = Permission(rawValue: "read:products")
    /// Create, edit and restore products, and delete a single one.
    package static let writeProducts = Permission(rawValue: "write:products")
    /// Delete products by filter, all of them if so wished; with `run:imports` also by a file that names them, or by
    /// one that names what stays. Apart from both, so that a token made for keeping prices cannot empty the catalogue.
    package static let deleteProducts = Permission(rawValue: "delete:products")
    /// See jobs and their progress. What their rows hold (plan, problems, file) needs what the kind of job declares
    /// beside it, such as `read:products`.
    package static let readJobs = Permission(rawValue: "read:jobs")
    /// Upload product files that create and change; confirm, cancel, retry and restart such imports.
    package static let runImports = Permission(rawValue: "run:imports")
    /// Take an import back, which deletes what it created. A deletion needs `delete:products` beside it.
    package static let undoImports = Permission(rawValue: "undo:imports")
    /// Read the figures under /metrics.
    package static let readMetrics = Permission(rawValue: "read:metrics")
    /// See who did what: the audit trail.
    package static let readAudit = Permission(rawValue: "read:audit")
    /// See what Bodega's processes say: the system log.
    package static let readLogs = Permission(rawValue: "read:logs")
    /// See and change the configuration.
    package static let adminSettings = Permission(rawValue: "admin:settings")

    /// See, create and change users, see and revoke all users' tokens. Gives no user more than its holder has: a role,
    /// a link or an activation needs all that the role may do; see `HandedOut`.
    package static let adminUsers = Permission(rawValue: "admin:users")
    /// Change one's own profile and password, see and end one's own sessions, make and revoke one's own tokens. Every
    /// role has it; a token only when it says so, so that a token made for reading cannot make a stronger one.
    package static let manageAccount = Permission(rawValue: "manage:account")

    /// Every permission there is, in the order in which they are shown.
    package static let all: [Permission] = [
        .readProducts, .writeProducts, .deleteProducts, .readJobs, .runImports, .undoImports, .readMetrics,
        .readAudit, .readLogs, .adminSettings, .adminUsers, .manageAccount,
    ]
}

extension Role {
    /// The table of roles and permissions.
    package var permissions: Set<Permission> {
        switch self {
        case .admin: Self.ofAdmin
        case .editor: Self.ofEditor
        case .viewer: Self.ofViewer
        }
    }

    private static let ofAdmin = Set(Permission.all)
    private static let ofEditor: Set<Permission> = [
        .readProducts, .writeProducts, .deleteProducts, .readJobs, .runImports, .undoImports, .manageAccount,
    ]
    private static let ofViewer: Set<Permission> = [.readProducts, .readJobs, .manageAccount]
}

extension Sequence<Permission> {
    /// In the order of `Permission.all`, each once.
    package var inOrder: [Permission] {
        let wanted = Set(self)
        return Permission.all.filter(wanted.contains)
    }
}
