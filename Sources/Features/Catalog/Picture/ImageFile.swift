import Identity
import ImportKit
import Pictures
import Support
import Web

/// A file that came with a request and may be a picture: as a part `file` of a form, or as the raw body with its name
/// in `X-Filename`.
struct ImageFile {
    /// Nil where it has no name.
    let filename: String?
    /// Where it is in the body: of several files one at a time is in memory.
    private let source: ByteSource
    private let range: Range<Int64>

    /// Throws 413 where it is larger than pictures are.
    init(_ source: ByteSource, _ range: Range<Int64>, filename: String?) throws(WebError) {
        guard range.count <= PictureLimits.bytes else { throw ImageRefusal.refused(.tooLong) }
        (self.source, self.range, self.filename) = (source, range, filename)
    }

    /// Throws 500 when the body cannot be read.
    func bytes() throws(WebError) -> [UInt8] { try source.bytes(range) }
}

/// What a request for new pictures brings.
struct ImageUpload {
    let files: [ImageFile]
    /// What is to be seen on it, where it was said.
    let altText: String?

    static let altField = "alt_text"

    /// Reads the body and checks the CSRF token where it came as a part.
    ///
    /// Throws 400 `no_file`, `unknown_option` or `bad_filename`, 403 `csrf`, 413.
    init(_ context: RequestContext) throws {
        let request = context.request
        // The header is looked at beside every kind of body, so that a bad one never depends on what else there is.
        let named = try UploadName.header(in: request)
        if request.contentType == "multipart/form-data" {
            let form = try request.multipart()
            let fields = try form.fields()
            try context.requireCSRF(fields["csrf_token"])
            let known = ["csrf_token", Self.altField]
            for field in fields.all where !known.contains(field.name) {
                let detail = "There is no option '\(field.name.shortened(to: 100))'; there is \(Self.altField)."
                throw WebError.badRequest("unknown_option", detail)
            }
            let source = try request.bodySource()
            files = try form.files.filter { $0.name == "file" }.map { part in
                try ImageFile(source, part.range, filename: part.filename.flatMap { UploadName.clean($0) })
            }
            altText = fields[Self.altField].flatMap { $0.trimmed.isEmpty ? nil : $0.trimmed }
        } else {
            try context.requireCSRF(nil)
            guard request.bodyLength > 0 else { throw Self.noFile }
            files = [try ImageFile(try request.bodySource(), 0..<request.bodyLength, filename: named)]
            altText = nil
        }
        guard !files.isEmpty else { throw Self.noFile }
    }

    private static let noFile = WebError.badRequest(
        "no_file",
        "The request has no file: send it as the body, or as the part 'file' of a form."
    )
}
