package import Web

extension Permission {
    /// What somebody who has it may do, in a line; "" for one that is not in the table, which a test does not let pass.
    package var words: String { Self.table[rawValue] ?? "" }

    private static let table = [
        "read:products": "See products, categories and their history",
        "write:products": "Create, edit and restore products, delete single ones",
        "delete:products": "Delete many products by filter",
        "read:jobs": "See imports and other jobs, their errors and files",
        "run:imports": "Upload files; confirm, cancel and repeat imports",
        "undo:imports": "Take imports back",
        "read:metrics": "Read the figures at /metrics",
        "read:audit": "See who did what: the audit trail",
        "read:logs": "See errors and warnings of the processes: the system log",
        "admin:settings": "See and change the settings of the shop",
        "admin:users": "Keep users and roles, see and revoke everybody's tokens",
        "manage:account": "Change the own profile, sessions and tokens",
    ]
}
