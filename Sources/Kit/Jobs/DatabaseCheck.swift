public import Database
public import Support

/// Looks through the database's file for damage, and says so wherever it must be known.
public enum DatabaseCheck {
    /// The alert's name.
    public static let alert = "database_damage"

    /// What everybody may read of it.
    public static let advice = """
        The database file is damaged. Stop Bodega, keep a copy of the data folder as it is, and put back the whole of \
        one that was made while Bodega was stopped: bodega.db alone, beside a newer bodega.db-wal, would be damaged \
        again. The system log says what was found.
        """

    /// Looks, and notes what was found beside the database and, where that takes it, in the database.
    /// - Parameter hasAlerts: whether the table of alerts is there.
    /// - Returns: what is wrong; empty when nothing is.
    public static func faults(
        _ connection: Connection,
        at now: Timestamp,
        hasAlerts: () throws -> Bool = { true }
    ) throws -> [String] {
        let mark = DamageMark(database: connection.path)
        let found = try connection.quickCheck()
        let alerts = AlertStore(connection)
        guard found.isEmpty else {
            try mark.confirm(found.joined(separator: "\n"))
            try? connection.write { try alerts.raise(alert, advice, at: now) }
            return found
        }
        try mark.clear()
        if try hasAlerts(), try alerts.standing(at: now).contains(where: { $0.name == alert }) {
            try connection.write { try alerts.clear(alert) }
        }
        return []
    }
}
