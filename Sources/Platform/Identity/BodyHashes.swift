import Crypto
package import Web

/// The hashes of a request's body and of the files in it. An upload is asked for its content twice, once to tell
/// whether it came before under its `Idempotency-Key` and once for the import, and read through once.
package final class BodyHashes {
    private let body: Request.Body
    private var known: [Range<Int64>: [UInt8]] = [:]

    init(_ body: Request.Body) {
        self.body = body
    }

    /// BLAKE2b of a part of the body: 32 bytes. The first call for a part must come before its file is claimed.
    ///
    /// Throws 500 when the spooled file cannot be read.
    package func hash(of range: Range<Int64>) throws(WebError) -> [UInt8] {
        if let hash = known[range] { return hash }
        let hash = try compute(range)
        known[range] = hash
        return hash
    }

    private func compute(_ range: Range<Int64>) throws(WebError) -> [UInt8] {
        switch body {
        case .none: return BLAKE2b.hash([])
        case .bytes(let bytes): return BLAKE2b.hash(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        case .file(let path, _):
            do {
                return try BLAKE2b.hash(file: path, range)
            } catch {
                throw .internalError(cause: "\(error)")
            }
        }
    }
}
