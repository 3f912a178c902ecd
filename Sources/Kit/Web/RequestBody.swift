import Glibc
public import Support

// The checks come in the order that the HTTP contract gives: 413, then 415, then 400.
extension Request {
    /// Longest body that is read without a login, in bytes: what every open route takes.
    public static let openBodyLimit = 64 << 10

    /// The body in bytes.
    public var bodyLength: Int64 {
        switch body {
        case .none: 0
        case .bytes(let bytes): Int64(bytes.count)
        case .file(_, let length): length
        }
    }

    /// The body to be read by offset, wherever it is. Throws 500 when the spooled file cannot be opened.
    public func bodySource() throws(WebError) -> ByteSource {
        switch body {
        case .none: return ByteSource([])
        case .bytes(let bytes): return ByteSource(bytes)
        case .file(let path, _):
            do { return try ByteSource(file: path) } catch { throw .internalError(cause: "\(error)") }
        }
    }

    /// The whole body. Throws 413 when it is longer than the limit, 500 when the spooled file cannot be read.
    /// - Parameter limit: in bytes.
    public func bodyBytes(limit: Int) throws(WebError) -> [UInt8] {
        guard bodyLength <= Int64(limit) else { throw .tooLarge(limit: limit) }
        switch body {
        case .none: return []
        case .bytes(let bytes): return bytes
        case .file(let path, _):
            do {
                return try Files.read(path, limit: limit)
            } catch {
                throw error.code == EFBIG ? .tooLarge(limit: limit) : .internalError(cause: "\(error)")
            }
        }
    }

    /// The media types of a body that changes only the members that it names (RFC 7396).
    public static let mergePatchTypes = ["application/merge-patch+json", "application/json"]

    /// The body as JSON.
    ///
    /// Throws 413 over the limit, 415 when the Content-Type is none of the types, 400 `not_json` with the `offset` of
    /// the byte that could not be read, also when arrays and objects nest deeper than `depth`.
    public func json(
        limit: Int = 1 << 20,
        types: [String] = ["application/json"],
        depth: Int = 64
    ) throws(WebError) -> JSON {
        let bytes = try bodyBytes(limit: limit)
        guard let contentType, types.contains(contentType) else { throw .unsupportedMediaType(types) }
        do {
            return try JSON.parse(bytes, depth: depth, isForeign: true)
        } catch {
            var answer = WebError.badRequest("not_json", "The body is \(error).")
            answer.members = [JSON.Member("offset", .int(error.offset))]
            throw answer
        }
    }

    /// The fields of a form: application/x-www-form-urlencoded, or the parts of multipart/form-data that are not files.
    ///
    /// Throws 413 over the limit, 415 for another Content-Type, 400 `bad_form` or `bad_multipart` when it cannot be
    /// read.
    public func form(limit: Int = 1 << 20) throws(WebError) -> Fields {
        guard bodyLength <= Int64(limit) else { throw .tooLarge(limit: limit) }
        switch contentType {
        case "application/x-www-form-urlencoded":
            guard let text = String(validating: try bodyBytes(limit: limit), as: UTF8.self),
                let fields = decodeForm(text)
            else {
                throw .badRequest(
                    "bad_form",
                    "The form is not percent-encoded UTF-8, or has too many combining marks in a row."
                )
            }
            return fields
        case "multipart/form-data": return try multipart().fields()
        default: throw .unsupportedMediaType(["application/x-www-form-urlencoded", "multipart/form-data"])
        }
    }

    /// The parts of a multipart/form-data body, found where they are. Throws as `Multipart.init` does.
    public func multipart() throws(WebError) -> Multipart {
        try Multipart(try bodySource(), contentType: headers["Content-Type"] ?? "")
    }
}

extension WebError {
    /// 413 with the limit in bytes.
    public static func tooLarge(limit: Int) -> WebError {
        WebError(413, "too_large", "The body is longer than \(limit) bytes.")
    }

    /// 415 with the media types that would be read.
    public static func unsupportedMediaType(_ allowed: [String]) -> WebError {
        let list = allowed.joined(separator: " or ")
        return WebError(415, "unsupported_media_type", "The Content-Type must be \(list).")
    }
}
