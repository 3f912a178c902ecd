package import Web

extension Permission {
    /// What its holder may do, in a line; "" for one that is not in the table, which a test does not let pass.
    package var words: String { Self.table[rawValue] ?? "" }

    private static let table = [
        "read:products": "See products, categories and their history; with read:jobs also what the rows of jobs hold",
        "write:products": "Create, edit and restore products, delete single ones",
        "delete:products": "Delete many products, by filter or, with run:imports, by file; cancel and repeat that",
        "read:jobs": "See imports and other jobs and how far they are",
        "run:imports": "Upload files that create and change products; confirm, cancel and repeat such imports",
        "undo:imports": "Take imports back, which deletes what they created; with delete:products deletions too",
        "read:customers": "See customers, masked so that nobody learns who they are",
        "write:customers": "See customers whole; create, edit, merge and delete them; with run:imports also by files",
        "export:customers": "Have all that is held of a customer as a file",
        "read:webhooks": "See webhooks and what was sent to them",
        "write:webhooks": "Create, change, test and remove webhooks; send events again",
        "run:jobs": "Have maintenance and checks done, cancel and repeat them; pause and resume lanes of jobs",
        "read:schedules": "See schedules, their next times and what came of them",
        "write:schedules": "Create, change and delete schedules, for kinds of jobs that the holder may ask for",
        "read:metrics": "Read the figures at /metrics",
        "read:audit": "See who did what: the audit trail",
        "read:logs": "See errors and warnings of the processes: the system log",
        "admin:settings": "See and change the settings of the shop",
        "admin:users": "Keep users, see and revoke all users' tokens; give roles that hold no more than you",
        "manage:account": "Change the own profile, sessions and tokens; give tokens that hold no more than you",
    ]
}
