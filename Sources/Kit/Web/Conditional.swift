import Support

// Conditional requests (RFC 9110, section 13) against one record's current entity tag, given without its quotes.

extension Request {
    /// Holds the change back when the client has seen another version.
    ///
    /// Throws 412 with the present ETag when If-Match names neither this tag (compared strongly) nor `*`, or when
    /// If-None-Match names it. Without these headers every change goes through.
    public func requireMatch(_ tag: String) throws(WebError) {
        let wanted = headers.values("If-Match")
        let unwanted = headers.values("If-None-Match")
        let changed = !wanted.isEmpty && !EntityTags(wanted).contain(tag, weakly: false)
        guard !changed, unwanted.isEmpty || !EntityTags(unwanted).contain(tag, weakly: true) else {
            throw WebError(
                412,
                "changed_meanwhile",
                "The record is not in the state that the request was made for; read it again.",
                headers: .headers(["ETag": "\"\(tag)\""])
            )
        }
    }

    /// As `requireMatch(_:)`, for a record whose tag tells, behind its version, of what changes by itself, as in
    /// `12-3-state`. A tag of this version with another state is no other version, else what is busy could not be
    /// changed.
    public func requireMatch(version: String, state: String) throws(WebError) {
        let names = headers.values("If-Match").joined(separator: ",").split(separator: ",")
        let same = names.map { String($0).trimmed }.first { $0.hasPrefix("\"\(version)-") && $0.hasSuffix("\"") }
        try requireMatch(same.map { String($0.dropFirst().dropLast()) } ?? "\(version)-\(state)")
    }

    /// Holds the change back when the client names a version of something that is not there: none of them is present.
    ///
    /// Throws 412 when there is an If-Match.
    public func requireNoMatch() throws(WebError) {
        guard !headers.values("If-Match").isEmpty else { return }
        throw WebError(412, "changed_meanwhile", "The record that the request was made for is not there any more.")
    }

    /// Whether If-None-Match names this tag (compared weakly) or `*`: the client has this version already.
    public func alreadyHas(_ tag: String) -> Bool {
        let values = headers.values("If-None-Match")
        return !values.isEmpty && EntityTags(values).contain(tag, weakly: true)
    }
}

extension Response {
    /// This answer with the record's ETag; or 304 without a body when the answer is a 200 to GET or HEAD and the client
    /// has this version already.
    public func tagged(_ tag: String, for request: Request) -> Response {
        let tagged = with("ETag", "\"\(tag)\"")
        let reads = request.method == .get || request.method == .head
        guard status == 200, reads, request.alreadyHas(tag) else { return tagged }
        var answer = Response(status: 304)
        for field in tagged.headers.all where !["content-type", "content-length"].contains(field.name.lowercased()) {
            answer.headers.append(field.name, field.value)
        }
        return answer
    }
}

/// The list of an If-Match or If-None-Match header; empty when it is malformed, so a change is held back.
private struct EntityTags {
    private var any = false
    private var tags: [(isWeak: Bool, tag: String)] = []

    init(_ values: [String]) {
        let text = values.joined(separator: ",").trimmed
        any = text == "*"
        var rest = text.utf8[...]
        while !any, !rest.isEmpty {
            rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x2C }
            if rest.isEmpty { break }
            let isWeak = rest.starts(with: "W/".utf8)
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.first == 0x22, let end = rest.dropFirst().firstIndex(of: 0x22) else {
                tags = []
                return
            }
            tags.append((isWeak, String(rest[..<end].dropFirst()) ?? ""))
            rest = rest[end...].dropFirst()
            guard rest.isEmpty || rest.first == 0x2C || rest.first == 0x20 || rest.first == 0x09 else {
                tags = []
                return
            }
        }
    }

    func contain(_ tag: String, weakly: Bool) -> Bool {
        any || tags.contains { $0.tag == tag && (weakly || !$0.isWeak) }
    }
}
