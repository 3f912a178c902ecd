import Crypto
import Database
import Support
import Web

/// Notes of Bearer tokens that were refused: somebody tries what has leaked, or a program was forgotten when its token
/// was revoked. A flood of them costs nothing but the look at the token: each process notes one from one address once
/// in a quarter of an hour, and so many at most; `AuditCollector` bounds them for all together.
final class RefusedTokens {
    /// Of a token that there is, and of one that there is not.
    static let actions = ["token.refuse", "token.refuse_unknown"]

    private static let interval: Int64 = 15 * 60
    private static let most = 64

    private let connection: Connection
    private let environment: Environment
    private let queue: AuditQueue?
    /// When each was noted, of each action.
    private var noted: [String: [String: Timestamp]] = [:]

    init(_ connection: Connection, _ environment: Environment, _ queue: AuditQueue?) {
        self.connection = connection
        self.environment = environment
        self.queue = queue
    }

    /// Notes the refused token of a request. Nothing that goes wrong here must fail the request.
    func note(_ request: Request) {
        guard let queue, let secret = Authentication.bearer(in: request) else { return }
        let now = environment.now()
        // Not `try?` alone: a database that cannot be read makes no token unknown.
        guard let found = try? Optional.some(TokenStore(connection).find(hash: SHA256.hash(secret))) else { return }
        // Of what does not even look like one of ours nothing is kept: people send other secrets too.
        let prefix = secret.hasPrefix(tokenWord) ? APIToken.prefix(of: secret) : nil
        let action = Self.actions[found == nil ? 1 : 0]
        let thing = found.map { "\($0.token.id)" }
        let client = "\(thing ?? prefix ?? "") \(LoginThrottle.network(of: request.remoteAddress))"
        guard isDue(action, client, now) else { return }
        let after: JSON = [
            "prefix": .optional(prefix), "reason": .string(found.map { Self.reason($0.token, now) } ?? "unknown"),
        ]
        let context = WriteContext(actor: .anonymous, requestID: request.id, ip: request.remoteAddress, now: now)
        queue.add(AuditNote(AuditEntry(action, "token", id: thing, after: after), context))
    }

    private static func reason(_ token: APIToken, _ now: Timestamp) -> String {
        switch token.state(at: now) {
        case .revoked: "revoked"
        case .expired: "expired"
        case .valid: "its user is not active"
        }
    }

    private func isDue(_ action: String, _ client: String, _ now: Timestamp) -> Bool {
        let start = now.adding(seconds: -Self.interval)
        var recent = noted[action] ?? [:]
        if recent.count >= Self.most { recent = recent.filter { $0.value > start } }
        guard recent.count < Self.most, recent[client].map({ $0 <= start }) ?? true else { return false }
        recent[client] = now
        noted[action] = recent
        return true
    }
}
