public import Support
public import Web

/// A client with a cookie jar for tests, over any transport.
public final class TestClient {
    /// Sent with every call, e.g. Authorization.
    public var headers = Fields.headers()
    /// The jar: names and values, whatever their attributes.
    public private(set) var cookies: [String: String] = [:]
    private let transport: Transport

    public init(_ transport: @escaping Transport) {
        self.transport = transport
    }

    /// A client of a handler in this process, bodies in memory.
    public convenience init(handler: @escaping (Request) -> Response) {
        self.init(HandlerTransport(handler).send)
    }

    /// Sends a call with the jar's cookies and this client's headers, and keeps the cookies that come back.
    @discardableResult
    public func send(_ call: Call) throws -> Answer {
        var call = call
        for field in headers.all where call.headers[field.name] == nil { call.headers.append(field.name, field.value) }
        if !cookies.isEmpty, call.headers["Cookie"] == nil {
            let pairs = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            call.headers.append("Cookie", pairs.joined(separator: "; "))
        }
        let answer = try transport(call)
        for text in answer.headers.values("Set-Cookie") { keep(text) }
        return answer
    }

    @discardableResult
    public func get(_ target: String, headers: Fields = .headers()) throws -> Answer {
        try send(Call(.get, target, headers: headers))
    }

    /// Sends a body of some type with any method.
    @discardableResult
    public func send(
        _ method: Web.Method,
        _ target: String,
        _ contentType: String,
        _ body: [UInt8],
        headers: Fields = .headers()
    ) throws -> Answer {
        var call = Call(method, target, headers: headers, body: body)
        call.headers.set("Content-Type", contentType)
        return try send(call)
    }

    /// Sends JSON.
    @discardableResult
    public func json(
        _ method: Web.Method,
        _ target: String,
        _ value: JSON,
        headers: Fields = .headers()
    ) throws -> Answer {
        try send(method, target, "application/json", value.bytes, headers: headers)
    }

    /// Posts an application/x-www-form-urlencoded form.
    @discardableResult
    public func form(_ target: String, _ fields: Fields, headers: Fields = .headers()) throws -> Answer {
        let body = Array(fields.queryString.utf8)
        return try send(.post, target, "application/x-www-form-urlencoded", body, headers: headers)
    }

    /// Posts a multipart/form-data form as browsers do: the fields, then one file.
    @discardableResult
    public func upload(
        _ target: String,
        file: [UInt8],
        named filename: String,
        part: String = "file",
        fields: Fields = [:],
        headers: Fields = .headers()
    ) throws -> Answer {
        let boundary = "----TestClient\(randomBytes(8).hex)"
        var body: [UInt8] = []
        for field in fields.all {
            body += "--\(boundary)\r\n\(Self.disposition(field.name))\r\n\r\n\(field.value)\r\n".utf8
        }
        let quoted = filename.flatMap { $0 == "\"" ? "%22" : "\($0)" }
        body += "--\(boundary)\r\n\(Self.disposition(part)); filename=\"\(String(quoted))\"\r\n".utf8
        body += "Content-Type: application/octet-stream\r\n\r\n".utf8
        body += file + "\r\n--\(boundary)--\r\n".utf8
        return try send(.post, target, "multipart/form-data; boundary=\(boundary)", body, headers: headers)
    }

    private static func disposition(_ name: String) -> String { "Content-Disposition: form-data; name=\"\(name)\"" }

    private func keep(_ setCookie: String) {
        let parts = setCookie.split(separator: ";").map { String($0).trimmed }
        let pair = (parts.first ?? "").split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2 else { return }
        let isGone = parts.dropFirst().contains { $0.lowercased() == "max-age=0" }
        cookies[String(pair[0])] = isGone ? nil : String(pair[1])
    }
}
