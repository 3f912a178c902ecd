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
    /// Have the installation's own work done: maintenance and checks; act on such jobs; pause and resume lanes.
    package static let runJobs = Permission(rawValue: "run:jobs")
    /// See schedules, their next times and their history.
    package static let readSchedules = Permission(rawValue: "read:schedules")
    /// Create, change and delete schedules. Which kinds of jobs they may ask for is told by what these ask for beside.
    package static let writeSchedules = Permission(rawValue: "write:schedules")
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

    /// See webhooks and what was sent to them. Their secrets and the values of their headers are shown to nobody.
    package static let readWebhooks = Permission(rawValue: "read:webhooks")
    /// Create, change, test and remove webhooks, and send events again: decides where the catalogue's news go.
    package static let writeWebhooks = Permission(rawValue: "write:webhooks")

    /// See customers with names, addresses, e-mail and phone masked, and their history.
    package static let readCustomers = Permission(rawValue: "read:customers")
    /// See customers whole; create, edit, delete, merge and restore them; with `run:imports` also by files.
    package static let writeCustomers = Permission(rawValue: "write:customers")
    /// Have all that is held of a customer as a file.
    package static let exportCustomers = Permission(rawValue: "export:customers")

    /// Every permission there is, in the order in which they are shown.
    package static let all: [Permission] = [
        .readProducts, .writeProducts, .deleteProducts, .readJobs, .runImports, .undoImports, .runJobs,
        .readCustomers, .writeCustomers, .exportCustomers, .readSchedules, .writeSchedules, .readWebhooks,
        .writeWebhooks, .readMetrics, .readAudit, .readLogs,
        .adminSettings, .adminUsers, .manageAccount,
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
        .readProducts, .writeProducts, .deleteProducts, .readJobs, .runImports, .undoImports, .runJobs,
        .readCustomers, .writeCustomers, .readSchedules, .readWebhooks, .manageAccount,
    ]
    private static let ofViewer: Set<Permission> = [
        .readProducts, .readJobs, .readCustomers, .readSchedules, .manageAccount,
    ]
}

extension Sequence<Permission> {
    /// In the order of `Permission.all`, each once.
    package var inOrder: [Permission] {
        let wanted = Set(self)
        return Permission.all.filter(wanted.contains)
    }
}
