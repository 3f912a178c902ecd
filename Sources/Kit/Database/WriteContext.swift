public import Support

/// Who changes something.
public enum Actor: Sendable, Hashable, CustomStringConvertible {
    case user(Int64)
    case token(Int64)
    case job(Int64)
    /// Bodega itself, or the user of its commands on the machine.
    case system
    /// A client that is not logged in.
    case anonymous

    /// As stored: `user:3`, `token:7`, `job:12`, `system`, `anonymous`.
    public var description: String {
        switch self {
        case .user(let id): "user:\(id)"
        case .token(let id): "token:\(id)"
        case .job(let id): "job:\(id)"
        case .system: "system"
        case .anonymous: "anonymous"
        }
    }

    /// Of a description; nil for what is none.
    public init?(_ description: String) {
        let parts = description.split(separator: ":", maxSplits: 1)
        switch (parts.first, parts.count > 1 ? Int64(parts[1]) : nil) {
        case ("user", let id?): self = .user(id)
        case ("token", let id?): self = .token(id)
        case ("job", let id?): self = .job(id)
        case ("system", nil) where parts.count == 1: self = .system
        case ("anonymous", nil) where parts.count == 1: self = .anonymous
        default: return nil
        }
    }
}

/// What every store write is told, so that its revision, outbox, event and audit rows say who, why and when.
public struct WriteContext: Sendable {
    public var actor: Actor
    /// The request that asked for it, when there was one.
    public var requestID: String?
    /// The job (its integer key) in which it happens, when there is one.
    public var jobID: Int64?
    /// The address that the request came from, when there was one.
    public var ip: String?
    public var now: Timestamp
    /// What the request came with, so that a change that gives power away can look, inside its transaction, whether
    /// that still stands; nil where no request asks, and for tickets, which change nothing.
    public var proof: AccessProof?

    public init(
        actor: Actor,
        requestID: String? = nil,
        jobID: Int64? = nil,
        ip: String? = nil,
        now: Timestamp,
        proof: AccessProof? = nil
    ) {
        self.actor = actor
        self.requestID = requestID
        self.jobID = jobID
        self.ip = ip
        self.now = now
        self.proof = proof
    }
}

/// The proof with which a request comes, without its secret: what outlives the request stands for it by the hash, and
/// is over when that finds no session and no token any more.
public enum AccessProof: Sendable, Equatable {
    case session(hash: [UInt8])
    case token(hash: [UInt8])

    /// As the database names it.
    public var kind: String {
        switch self {
        case .session: "session"
        case .token: "token"
        }
    }

    /// The SHA-256 of the secret.
    public var hash: [UInt8] {
        switch self {
        case .session(let hash), .token(let hash): hash
        }
    }
}
