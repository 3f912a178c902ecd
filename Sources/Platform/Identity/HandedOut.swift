import Database
import Support
import Web

/// The one rule about power: **no user or token hands out more than it holds.**
///
/// It stands in the stores, inside the transaction of the change, so that no route can forget it and nothing changes
/// between the look and the deed. What an act hands out, and therefore asks of the user or token:
///
/// | act | hands out |
/// |---|---|
/// | create or rotate a token | its scopes, until it ends |
/// | add a user | all that the role may do |
/// | give a user another role | what the new role may do beyond the old one |
/// | activate or unlock a user, change a user's email address, make a one-time link | all that the role may do |
/// | change one's own password or email address | all that one's role may do: they are worth a login |
/// | end a session, revoke a token, lock, deactivate or lower a user, change names, verify | nothing |
///
/// A session holds what its user's role holds; a token its scopes as far as the role holds them, until it ends; the
/// secret before a rotation as long as its grace lasts, and it rotates nothing. What the request came with is looked up
/// again here: a request that was under way when its session was ended, its token revoked or its user shut out gives
/// nothing any more. Bodega's commands, run on the machine, hold everything.
struct HandedOut {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// How long something is handed out.
    enum End: Sendable {
        /// As long as the account is there that it is given to: people are seen and shut out in the list of users.
        case account
        /// Until then; nil is for ever.
        case time(Timestamp?)
    }

    /// Throws 403 `not_yours_to_give` unless the one who writes holds all of it, and for as long; 401 when what the
    /// request came with is worth nothing any more. Call inside the transaction of the change.
    func check(_ wanted: Set<Permission>, until end: End = .account, _ context: WriteContext) throws {
        let (held, heldUntil) = try reach(of: context)
        let lacking = wanted.intersection(Permission.all).subtracting(held)
        guard lacking.isEmpty else { throw WebError.notYoursToGive(lacking) }
        guard case .time(let end) = end, let heldUntil else { return }
        guard let end, end <= heldUntil else { throw WebError.outlivesYours(heldUntil) }
    }

    /// Throws 401 when what the request came with is worth nothing any more. Call inside the transaction of the change.
    func requireStanding(_ context: WriteContext) throws { _ = try reach(of: context) }

    /// Throws 403 `not_yours_to_give` when the request came with the secret before a rotation, and 401 as `check` does.
    /// A finder of an old secret would else take the token from its user; one who lost the new secret logs in.
    func checkRotation(_ context: WriteContext) throws {
        let (_, end) = try reach(of: context)
        guard case .token(let hash) = context.proof, try TokenStore(connection).isReplaced(hash) else { return }
        throw WebError.replacedSecret(until: end)
    }

    /// What the one who writes holds, and until when; nil is for ever.
    private func reach(of context: WriteContext) throws -> (permissions: Set<Permission>, until: Timestamp?) {
        switch context.actor {
        case .system: (Set(Permission.all), nil)
        case .user, .token: try context.proof.map { try reach(of: $0, at: context.now) } ?? ([], nil)
        case .job, .anonymous: ([], nil)
        }
    }

    /// Without the idle limit: the request itself has used the session.
    private func reach(
        of proof: AccessProof,
        at now: Timestamp
    ) throws -> (permissions: Set<Permission>, until: Timestamp?) {
        switch proof {
        case .session(let hash):
            guard let (session, user) = try SessionStore(connection).find(hash: hash), now < session.expiresAt,
                user.isWelcome(at: now)
            else { throw WebError.sessionOver }
            return (user.role.permissions, nil)
        case .token(let hash):
            guard let (token, user) = try TokenStore(connection).find(hash: hash), token.isAlive(at: now),
                user.isWelcome(at: now)
            else { throw WebError.badToken }
            return (user.role.permissions.intersection(token.scopes), token.expiresAt)
        }
    }
}

extension User {
    /// What a change of a user hands out to them.
    func handedOut(by edited: User) -> Set<Permission> {
        let all = edited.role.permissions
        let letsIn = !isActive && edited.isActive || unlocks(edited)
        return letsIn || email != edited.email ? all : all.subtracting(role.permissions)
    }

    /// Whether they may come in earlier than before.
    private func unlocks(_ edited: User) -> Bool {
        guard let before = lockedUntil else { return false }
        return edited.lockedUntil.map { $0 < before } ?? true
    }
}
