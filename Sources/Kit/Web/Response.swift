public import Markup
public import Support

/// One HTTP answer, as a value. `finished(for:)` completes it before it is sent.
public struct Response {
    public var status: Int
    public var headers: Fields
    public var body: Body

    public enum Body {
        case bytes([UInt8])
        /// Made part by part while it is sent; without a Content-Length of the answer its length is not known before.
        /// Only routes of the `export` pool answer with it: a slow reader holds a worker of any other.
        case stream(BodyParts)
        /// A file under one of nginx's internal locations (X-Accel-Redirect), e.g. `/internal/blobs/ab/cdef`.
        case internalRedirect(String)
        /// A subscription that the events streamer keeps open; only routes of the `events` pool answer with it.
        case events(Subscription)
    }

    public init(status: Int, headers: Fields = .headers(), body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// JSON, with a final line break so that curl reads well.
    public static func json(_ value: JSON, status: Int = 200, headers: Fields = .headers()) -> Response {
        var bytes = value.bytes
        bytes.append(0x0A)
        var response = Response(status: status, headers: headers, body: .bytes(bytes))
        response.headers.set("Content-Type", "application/json")
        return response
    }

    /// A whole page.
    public static func page(_ html: HTML, status: Int = 200) -> Response {
        Response(
            status: status,
            headers: .headers(["Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"]),
            body: .bytes(Array(html.text.utf8))
        )
    }

    public static func text(_ text: String, status: Int = 200) -> Response {
        Response(
            status: status,
            headers: .headers(["Content-Type": "text/plain; charset=utf-8"]),
            body: .bytes(Array(text.utf8))
        )
    }

    public static var noContent: Response { Response(status: 204) }

    /// The answer to OPTIONS: 204 with the methods that the path has, as the router names them.
    public static func options(_ allowed: [Method]) -> Response {
        Response(status: 204, headers: .headers(["Allow": Method.list(allowed)]))
    }

    /// 303: look there with GET. The path is ours (it begins with one `/`), never a client's text.
    public static func seeOther(_ path: String) -> Response {
        Response(status: 303, headers: .headers(["Location": path, "Cache-Control": "no-store"]))
    }

    /// This answer with one header more, replacing one of the same name.
    public func with(_ name: String, _ value: String) -> Response {
        var copy = self
        copy.headers.set(name, value)
        return copy
    }
}

/// Makes the next part of a body, of about `bytes` bytes; it may be empty. Nil behind the last. Called when the reader
/// has room for it.
public typealias BodyParts = (_ bytes: Int) throws -> [UInt8]?

/// What an SSE client wants to hear.
public struct Subscription: Sendable {
    /// `job:ID`, `jobs`, `catalogue`, `system`.
    public var topics: [String]
    /// Events behind it are sent; nil means from now on.
    public var after: EventCursor?
    /// Frames sent at once, before anything else.
    public var opening: [EventFrame]
    /// Whether the streamer closes after the opening frames (the job has ended already).
    public var endsAtOnce: Bool
    /// Whether frames carry the name of their event; without it they reach a page's `onmessage`.
    public var isNamed = true
    /// Makes of an event what this client may see of it; nil where that is all.
    public var view: (@Sendable (EventFrame) -> EventFrame)?

    public init(topics: [String], after: EventCursor?, opening: [EventFrame] = [], endsAtOnce: Bool = false) {
        self.topics = topics
        self.after = after
        self.opening = opening
        self.endsAtOnce = endsAtOnce
    }
}

/// One server-sent event.
public struct EventFrame: Sendable, Equatable {
    /// What the client sends back when it comes again; nil for an event that changes nothing of that.
    public var id: EventCursor?
    public var event: String
    /// One line of JSON.
    public var data: String

    public init(id: EventCursor?, event: String, data: String) {
        self.id = id
        self.event = event
        self.data = data
    }

    /// As it goes over the wire (WHATWG HTML, 9.2).
    /// - Parameter isNamed: false leaves the name out, so that the event reaches `onmessage`. The data then says it in
    ///   its member `event`, except where it is the state of a thing, which says itself whether that has ended.
    public func bytes(isNamed: Bool = true) -> [UInt8] {
        let id = id.map { "id: \($0)\n" } ?? ""
        guard !isNamed else { return Array("\(id)event: \(event)\ndata: \(data)\n\n".utf8) }
        return Array("\(id)data: \(isState ? data : dataWithName)\n\n".utf8)
    }

    private var isState: Bool { event == "progress" || event == "end" }

    private var dataWithName: String {
        guard data.hasPrefix("{") else { return data }
        let rest = data.dropFirst()
        return "{\"event\":\(JSON.string(event).text)\(rest == "}" ? "" : ",")\(rest)"
    }
}
