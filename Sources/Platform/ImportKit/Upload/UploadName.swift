import Support
package import Web

/// The names of files that come in: text for people, never a path.
package enum UploadName {
    /// The most that `X-Filename` may have, in characters: 200 of four bytes each, percent-encoded.
    package static let mostInHeader = 200 * 4 * 3

    /// What `X-Filename` says; nil where there is no such header or nothing in it.
    ///
    /// Throws 400 `bad_filename` for one that is too long or no percent-encoded UTF-8.
    package static func header(in request: Request) throws(WebError) -> String? {
        guard let header = request.headers["X-Filename"] else { return nil }
        guard header.unicodeScalars.count <= mostInHeader else {
            throw WebError.badRequest("bad_filename", "X-Filename takes at most \(mostInHeader) characters.")
        }
        guard let decoded = header.percentDecoded() else {
            throw WebError.badRequest("bad_filename", "X-Filename must be percent-encoded UTF-8.")
        }
        return clean(decoded)
    }

    /// The last part of a path, without control characters, at most 200 characters; nil where nothing is left.
    package static func clean(_ name: String) -> String? {
        let last = name.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
        let scalars = last.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200)
        let clean = String(String.UnicodeScalarView(scalars)).trimmed
        return clean.isEmpty ? nil : clean
    }
}
