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
/// A session holds what its user's role holds; a token its scopes as far as the role holds them, until it ends.
/// Bodega's commands, run on the machine, hold everything.
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

    /// Throws 403 `not_yours_to_give` unless the one who writes holds all of it, and for as long.
    func check(_ wanted: Set<Permission>, until end: End = .account, _ context: WriteContext) throws {
        let (held, heldUntil) = try reach(of: context.actor)
        let lacking = wanted.intersection(Permission.all).subtracting(held)
        guard lacking.isEmpty else { throw WebError.notYoursToGive(lacking) }
        guard case .time(let end) = end, let heldUntil else { return }
        guard let end, end <= heldUntil else { throw WebError.outlivesYours(heldUntil) }
    }

    /// What the actor holds, and until when; nil is for ever.
    private func reach(of actor: Actor) throws -> (permissions: Set<Permission>, until: Timestamp?) {
        switch actor {
        case .system: return (Set(Permission.all), nil)
        case .user(let id): return (try UserStore(connection).find(id)?.role.permissions ?? [], nil)
        case .token(let id):
            guard let token = try TokenStore(connection).find(id),
                let user = try UserStore(connection).find(token.userID)
            else { return ([], nil) }
            return (user.role.permissions.intersection(token.scopes), token.expiresAt)
        case .job, .anonymous: return ([], nil)
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
