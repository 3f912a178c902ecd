public import Support

/// What an actor did, in short, as the audit trail keeps it. Who, when and from where comes with the `WriteContext`.
public struct AuditEntry: Sendable, Equatable {
    /// The noun and the verb: `user.create`, `product.update`, `session.fail`.
    public var action: String
    /// The kind of thing that it was done to: `user`, `product`, `job`.
    public var entity: String
    /// Which of them, as its address names it; nil where there is none (a login with an unknown name).
    public var entityID: String?
    /// What changed, as it was. Never a password, a token or another secret, nor the hash of one.
    public var before: JSON?
    /// What changed, as it is now, or what was asked for. No secrets either.
    public var after: JSON?
    /// Whether `before` and `after` are as short as the trail keeps them.
    public private(set) var isShortened = false

    /// Items that lists and objects in `before` and `after` keep.
    public static let mostItems = 100

    public init(_ action: String, _ entity: String, id: String?, before: JSON? = nil, after: JSON? = nil) {
        self.action = action
        self.entity = entity
        entityID = id
        self.before = before
        self.after = after
    }

    public init(_ action: String, _ entity: String, id: Int64, before: JSON? = nil, after: JSON? = nil) {
        self.init(action, entity, id: String(id), before: before, after: after)
    }
}

extension AuditEntry {
    /// This entry as the trail keeps it: with long texts and long lists cut off.
    public var shortened: AuditEntry {
        guard !isShortened else { return self }
        var short = self
        short.before = before?.shortenedForAudit
        short.after = after?.shortenedForAudit
        short.isShortened = true
        return short
    }

    /// An entry that was shortened before it was kept elsewhere. To shorten it again would cut off what says so.
    public static func kept(_ entry: AuditEntry) -> AuditEntry {
        var kept = entry
        kept.isShortened = true
        return kept
    }

    /// Two objects without the members that are the same in both; null members of a side that stands alone are left
    /// out too.
    public static func differences(_ before: JSON?, _ after: JSON?) -> (before: JSON?, after: JSON?) {
        func kept(_ side: JSON?, _ other: JSON?) -> JSON? {
            side.map { side in
                .object((side.members ?? []).filter { $0.value != other?[$0.name] ?? .null })
            }
        }
        return (kept(before, after), kept(after, before))
    }
}

extension JSON {
    /// The trail says in short what changed: longer texts are cut to this number of characters.
    private static let auditedCharacters = 200

    /// This value with long texts and long lists cut off, which is then said in their place.
    var shortenedForAudit: JSON {
        switch self {
        case .string(let text):
            // Bytes first: counting characters walks the whole text. Scalars, because what reads as one character
            // may be of any length.
            guard text.utf8.count > Self.auditedCharacters else { return self }
            let count = text.unicodeScalars.count
            guard count > Self.auditedCharacters else { return self }
            return .string("\(text.shortened(to: Self.auditedCharacters)) (\(count) characters)")
        case .array(let items):
            let kept = items.prefix(AuditEntry.mostItems).map(\.shortenedForAudit)
            let left = items.count - kept.count
            return .array(left > 0 ? kept + [.string("… and \(left) more")] : kept)
        case .object(let members):
            var kept = members.prefix(AuditEntry.mostItems).map { Member($0.name, $0.value.shortenedForAudit) }
            if members.count > kept.count { kept.append(Member("…", .string("\(members.count - kept.count) more"))) }
            return .object(kept)
        case .null, .bool, .number: return self
        }
    }
}
