import Database
import Support

/// Logins in the audit trail, also those that failed, but no more of these than somebody can read: an attacker who
/// tries a million names must not fill the disk with the trail of it.
struct LoginTrail {
    /// Failures that are noted in an hour: for one account, and for unknown names.
    static let bound = 50
    static let window: Int64 = 3600
    /// What the last one says of those that follow.
    static let last = "More of them within the hour are not listed."

    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Notes that a session began. Call inside its transaction.
    func begun(_ session: Int64, of user: Int64, _ context: WriteContext) throws(DatabaseError) {
        let entry = AuditEntry("session.begin", "user", id: user, after: ["session": .int(session)])
        try AuditStore(connection).append(entry, context: context)
    }

    /// Whether a user has logged in from an address, or from another one of its network, in the last thirty days, as
    /// far as the newest logins tell.
    func hasBegun(_ user: Int64, from address: String, at now: Timestamp) throws(DatabaseError) -> Bool {
        let network = LoginThrottle.network(of: address)
        return try AuditTrailStore(connection).newest(
            of: "session.begin",
            thing: ("user", user),
            since: now.adding(seconds: -30 * 86_400),
            limit: 100
        ).contains { $0.ip.map(LoginThrottle.network(of:)) == network }
    }

    /// Notes that a login failed. What was typed as the name is not kept: people type passwords there too. Call inside
    /// a transaction.
    /// - Parameter user: whom the name means; nil when no user has it.
    func failed(_ user: Int64?, _ context: WriteContext) throws(DatabaseError) {
        let action = user == nil ? "session.fail_unknown" : "session.fail"
        let noted = try AuditTrailStore(connection).newest(
            of: action,
            thing: user.map { ("user", $0) },
            since: context.now.adding(seconds: -Self.window),
            limit: Self.bound
        ).count
        guard noted < Self.bound else { return }
        let note: JSON? = noted == Self.bound - 1 ? ["note": .string(Self.last)] : nil
        let entry = AuditEntry(action, "user", id: user.map { String($0) }, after: note)
        try AuditStore(connection).append(entry, context: context)
    }
}
