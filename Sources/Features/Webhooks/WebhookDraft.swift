import HTTPClient
import Support
import Web

/// What users choose about an endpoint.
struct WebhookDraft: Sendable, Equatable {
    var url = ""
    var description: String?
    var eventTypes: [String] = []
    var isEnabled = true
    var headers: [WebhookHeader] = []
    var rateLimit: Int64?
    /// Chosen once; later only with another secret.
    var scheme = Signature.Scheme.shared
    var isStrict = false

    static let mostHeaders = 20
    /// Characters of a header's name.
    static let mostNameCharacters = 256
    static let mostPatterns = 100
    static let mostDescription = 200
    static let mostRate: Int64 = 1000

    init() {}

    /// What stands.
    init(_ webhook: Webhook, headers: [WebhookHeader]) {
        url = webhook.url
        description = webhook.description
        eventTypes = webhook.eventTypes
        isEnabled = webhook.isEnabled
        self.headers = headers
        rateLimit = webhook.rateLimit
        scheme = webhook.scheme
        isStrict = webhook.isStrict
    }

    /// For the audit trail: without the values of headers.
    var audited: JSON {
        [
            "url": .string(url), "description": .optional(description),
            "event_types": .array(eventTypes.map(JSON.string)), "enabled": .bool(isEnabled),
            "headers": .array(headers.map { .string($0.name) }), "rate_limit": .optional(rateLimit),
            "strict_order": .bool(isStrict), "signature": .string(scheme.rawValue),
        ]
    }
}

/// Reads what users choose, from a body of the API or from a form, and finds what is wrong with it.
struct WebhookReading {
    private(set) var draft: WebhookDraft
    private(set) var problems: [Problem] = []
    private let present: WebhookDraft
    private let types: [String]
    private let policy: AddressPolicy

    /// - Parameters:
    ///   - present: what stands; of a new one what holds where nothing is said.
    ///   - types: of all events.
    init(_ present: WebhookDraft, types: [String], policy: AddressPolicy) {
        draft = present
        self.present = present
        self.types = types
        self.policy = policy
    }

    private mutating func refuse(_ problem: Problem) { problems.append(problem) }

    // MARK: Bodies

    /// - Parameters:
    ///   - replaces: whether what is not sent falls back to what holds where nothing is said.
    ///   - record: as the API shows the endpoint: what Bodega gives may be sent back as it is.
    mutating func read(_ body: JSON, replaces: Bool, record: JSON?) {
        guard let members = body.members else {
            return refuse(Problem("", "not_an_object", "A webhook is an object with \"url\" and \"event_types\"."))
        }
        if replaces {
            let (url, scheme) = (draft.url, draft.scheme)
            draft = WebhookDraft()
            draft.scheme = scheme
            if members.contains(where: { $0.name == "headers" }) { draft.headers = present.headers }
            if !members.contains(where: { $0.name == "url" }) {
                refuse(Problem("url", "required", "'url' is missing."))
            }
            if !members.contains(where: { $0.name == "event_types" }) {
                refuse(Problem("event_types", "required", "'event_types' is missing."))
            }
            draft.url = url
        }
        for member in members { read(member, record) }
    }

    private mutating func read(_ member: JSON.Member, _ record: JSON?) {
        let value = member.value
        switch member.name {
        case "url":
            guard let text = value.stringValue else { return refuse(Problem("url", "wrong_type", "'url' is a text.")) }
            take(url: text)
        case "description":
            guard value.isNull || value.stringValue != nil else {
                return refuse(Problem("description", "wrong_type", "'description' is a text or null."))
            }
            take(description: value.stringValue ?? "")
        case "event_types":
            guard let texts = value.arrayValue?.map(\.stringValue), !texts.contains(nil) else {
                return refuse(
                    Problem("event_types", "wrong_type", "'event_types' is a list of texts, e.g. [\"product.*\"].")
                )
            }
            take(eventTypes: texts.compactMap { $0 })
        case "enabled":
            guard let flag = value.boolValue else {
                return refuse(Problem("enabled", "bad_boolean", "'enabled' is true or false."))
            }
            draft.isEnabled = flag
        case "strict_order":
            guard let flag = value.boolValue else {
                return refuse(Problem("strict_order", "bad_boolean", "'strict_order' is true or false."))
            }
            draft.isStrict = flag
        case "signature" where record == nil: take(scheme: value.stringValue)
        case "headers": read(headers: value)
        case "rate_limit":
            guard value.isNull || value.intValue != nil else {
                return refuse(Problem("rate_limit", "bad_rate", Self.rateRule))
            }
            take(rate: value.intValue)
        default:
            guard let given = record?[member.name] else {
                return refuse(Problem(member.name, "unknown_field", "A webhook has no member '\(member.name)'."))
            }
            if !value.isUnchanged(from: given) {
                let cure =
                    member.name == "signature"
                    ? "'signature' changes with another secret: POST rotate-secret?signature=…"
                    : "'\(member.name)' is given by Bodega: leave it out."
                refuse(Problem(member.name, "read_only", cure))
            }
        }
    }

    private mutating func read(headers value: JSON) {
        let members = value.isNull ? [] : value.members
        guard let members, members.allSatisfy({ $0.value.isNull || $0.value.stringValue != nil }) else {
            let rule = "'headers' is an object of texts; null keeps the value that stands."
            return refuse(Problem("headers", "wrong_type", rule))
        }
        take(headers: members.map { ($0.name, $0.value.stringValue) })
    }

    // MARK: Forms

    /// - Parameter isNew: whether the form asks how requests are to be signed.
    mutating func read(_ form: Fields, isNew: Bool = false) {
        if isNew { take(scheme: form["signature"] ?? Signature.Scheme.shared.rawValue) }
        draft.isStrict = form["strict_order"] == "1"
        take(url: (form["url"] ?? "").trimmed)
        take(description: form["description"] ?? "")
        let typed = (form["other_types"] ?? "").split { $0.isWhitespace || $0 == "," }.map(String.init)
        take(eventTypes: form.values("event_types") + typed)
        let rate = (form["rate_limit"] ?? "").trimmed
        if rate.isEmpty {
            draft.rateLimit = nil
        } else if let number = Int64(rate) {
            take(rate: number)
        } else {
            refuse(Problem("rate_limit", "bad_rate", Self.rateRule))
        }
        var lines: [(name: String, value: String?)] = []
        for line in (form["headers"] ?? "").split(whereSeparator: \.isNewline) where !String(line).trimmed.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? String(parts[1]).trimmed : ""
            lines.append((String(parts[0]).trimmed, value.isEmpty ? nil : value))
        }
        take(headers: lines)
        draft.isEnabled = form["enabled"] == "1"
    }

    // MARK: Values

    private static let rateRule =
        "The number of requests in a second is from 1 to \(WebhookDraft.mostRate); none is as many as it takes."

    private mutating func take(url text: String) {
        draft.url = text
        do throws(HTTPTargetFault) {
            let target = try HTTPTarget(text)
            guard let address = target.address, let word = policy.refusal(address) else { return }
            let detail = """
                \(address) is not a public address (\(word)). An administrator can allow its network in Settings.
                """
            refuse(Problem("url", "refused_address", detail))
        } catch {
            refuse(Problem("url", error.code, error.description))
        }
    }

    private mutating func take(description text: String) {
        let text = text.trimmed
        guard text.unicodeScalars.count <= WebhookDraft.mostDescription, !text.hasControlCharacters else {
            let detail = "A description is one line of at most \(WebhookDraft.mostDescription) characters."
            return refuse(Problem("description", "bad_description", detail))
        }
        draft.description = text.isEmpty ? nil : text
    }

    private mutating func take(eventTypes patterns: [String]) {
        var seen: Set<String> = []
        draft.eventTypes = patterns.filter { seen.insert($0).inserted }
        guard !patterns.isEmpty else {
            return refuse(Problem("event_types", "required", "Choose at least one type of event, or * for all."))
        }
        guard draft.eventTypes.count <= WebhookDraft.mostPatterns else {
            return refuse(
                Problem("event_types", "too_many", "At most \(WebhookDraft.mostPatterns) types can be named.")
            )
        }
        guard let unknown = EventPattern.unknown(draft.eventTypes, of: types).first else { return }
        refuse(
            Problem(
                "event_types",
                "unknown_event",
                "There is no type of event that '\(unknown.prefix(80))' fits; GET /api/event-types lists them."
            )
        )
    }

    private mutating func take(scheme text: String?) {
        guard let scheme = text.flatMap(Signature.Scheme.init) else {
            let detail = "'signature' is v1 (HMAC-SHA256) or v1a (Ed25519)."
            return refuse(Problem("signature", "bad_option", detail))
        }
        draft.scheme = scheme
    }

    private mutating func take(rate: Int64?) {
        guard rate == nil || (1...WebhookDraft.mostRate).contains(rate ?? 0) else {
            return refuse(Problem("rate_limit", "bad_rate", Self.rateRule))
        }
        draft.rateLimit = rate
    }

    /// Names of headers that say how a message is framed or signed: they are ours.
    private static let ownHeaders: Set<String> = [
        "host", "content-length", "content-type", "transfer-encoding", "connection", "expect", "te", "trailer",
        "upgrade", "webhook-id", "webhook-timestamp", "webhook-signature", "user-agent",
    ]

    /// - Parameter lines: a value that is nil stays as it stands.
    private mutating func take(headers lines: [(name: String, value: String?)]) {
        guard lines.count <= WebhookDraft.mostHeaders else {
            return refuse(
                Problem("headers", "too_many", "At most \(WebhookDraft.mostHeaders) headers can be sent along.")
            )
        }
        var headers: [WebhookHeader] = []
        for (name, value) in lines {
            let key = name.lowercased()
            guard HTTPRequest.isHeaderName(name), name.utf8.count <= WebhookDraft.mostNameCharacters else {
                return refuse(Problem("headers", "bad_header", "'\(name.prefix(80))' cannot be the name of a header."))
            }
            guard !Self.ownHeaders.contains(key) else {
                return refuse(Problem("headers", "bad_header", "The header \(name) is set by Bodega itself."))
            }
            guard !headers.contains(where: { $0.name.lowercased() == key }) else {
                return refuse(Problem("headers", "bad_header", "The header \(name) stands twice."))
            }
            let kept = present.headers.first { $0.name.lowercased() == key }?.value
            guard let value = value ?? kept, !value.isEmpty, HTTPRequest.isHeaderValue(value) else {
                let detail = "The header \(name) needs a value of visible ASCII characters, in one line."
                return refuse(Problem("headers", "bad_header", detail))
            }
            headers.append(WebhookHeader(name, value))
        }
        draft.headers = headers
    }
}
