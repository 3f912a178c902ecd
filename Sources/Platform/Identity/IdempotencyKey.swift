import Crypto
import Support
import Web

/// The header `Idempotency-Key`, and what a request is as far as a repetition of it must be the same.
enum IdempotencyKey {
    /// The key of a POST to the API; nil when it has none.
    ///
    /// Throws 400 `bad_idempotency_key`.
    static func name(in request: Request) throws(WebError) -> String? {
        guard request.method == .post, request.segments.first == "api" else { return nil }
        let values = request.headers.values("Idempotency-Key")
        guard let value = values.first else { return nil }
        let name = value.trimmed
        guard values.count == 1, (1...255).contains(name.utf8.count), name.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
            throw .badRequest("bad_idempotency_key", "Idempotency-Key takes 1 to 255 printable ASCII characters.")
        }
        return name
    }

    /// What stands in the database for a key.
    static func stored(_ name: String) -> String { SHA256.hash(name).hex }

    /// HMAC-SHA256 under the key, which itself is not stored, over method, path, query and body: a body may hold a
    /// password, and who reads the database must not be able to try passwords against the hash. Of an upload the file's
    /// name, its content's hash and the options stand for the body; the boundary of a form, which every sending has its
    /// own, does not count. What the asker may do does: an answer is repeated to those only who may do what the first
    /// one could.
    /// - Parameter content: the hashes of the request's body.
    ///
    /// Throws 400 for a multipart body that cannot be read.
    static func hash(
        of request: Request,
        _ name: String,
        content: BodyHashes,
        by principal: Principal
    ) throws(WebError) -> [UInt8] {
        let secret = Array(name.utf8)
        var parts = [request.method.rawValue, request.rawPath, request.rawQuery]
        parts += principal.permissions.inOrder.map(\.rawValue)
        guard case .file(_, let length) = request.body else {
            return HMAC.sha256(key: secret, joined(parts) + (try request.bodyBytes(limit: Int.max)))
        }
        if request.contentType == "multipart/form-data" {
            let form = try request.multipart()
            for file in form.files {
                parts += ["file", file.name, file.filename ?? "", try content.hash(of: file.range).hex]
            }
            for field in try form.fields().all where field.name != "csrf_token" {
                parts += ["field", field.name, field.value]
            }
        } else {
            parts += ["raw", request.headers["X-Filename"] ?? "", try content.hash(of: 0..<length).hex]
        }
        return HMAC.sha256(key: secret, joined(parts))
    }

    /// Each with its length, so that no two lists give the same bytes.
    private static func joined(_ parts: [String]) -> [UInt8] {
        parts.flatMap { Array("\($0.utf8.count):\($0)".utf8) }
    }
}
