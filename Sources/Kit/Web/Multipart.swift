import Support

/// The parts of a multipart/form-data body (RFC 7578), found by byte range: a file part is never copied, so an upload
/// of any size costs one pass over the spooled file and one window of memory.
///
/// A delimiter is CRLF (or the body's start), `--`, the boundary, perhaps `--`, blanks, and CRLF (or, behind a closing
/// one, the body's end). A line that only begins like one is data. What stands before the first and behind the
/// closing delimiter is ignored.
public struct Multipart: Sendable {
    /// How large things may be.
    public enum Limit {
        /// Bytes of headers a part.
        public static let headers = 16 << 10
        /// Parts a body.
        public static let parts = 64
        /// Bytes of a part that is read as text.
        public static let text = 64 << 10
    }

    /// One part: what its headers say and where its content is.
    public struct Part: Sendable, Equatable {
        public var name: String
        /// As the client named the file: text for people, never a path. Empty for a file input that was left empty.
        public var filename: String?
        /// The media type as sent, with parameters.
        public var contentType: String?
        /// The content's place in the body, in bytes.
        public var range: Range<Int64>
    }

    /// In the order of the body.
    public let parts: [Part]
    private let source: ByteSource

    /// Finds the parts.
    ///
    /// Throws 415 when the Content-Type is not multipart/form-data, 400 `bad_multipart` naming what is wrong, 500 when
    /// the source cannot be read.
    public init(_ source: ByteSource, contentType: String) throws(WebError) {
        try self.init(source, contentType: contentType, windowSize: 256 << 10)
    }

    init(_ source: ByteSource, contentType: String, windowSize: Int) throws(WebError) {
        let boundary = try Self.boundary(contentType)
        var reader = MultipartReader(source, boundary: boundary, windowSize: windowSize)
        parts = try reader.read()
        self.source = source
    }

    /// The parts that are files. An input that was left empty in the browser (no name, no bytes) is not one.
    public var files: [Part] {
        parts.filter { $0.filename != nil && !($0.filename == "" && $0.range.isEmpty) }
    }

    /// The content of a small part. Throws 400 `bad_multipart` when it is larger than `Limit.text`, not UTF-8, or
    /// holds a NUL; 500 when the source cannot be read.
    public func text(of part: Part) throws(WebError) -> String {
        guard part.range.count <= Limit.text else {
            throw .badMultipart("The part '\(part.name)' is longer than \(Limit.text) bytes.")
        }
        let bytes = try source.bytes(part.range)
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0), text.isStreamSafe else {
            throw .badMultipart("The part '\(part.name)' is not UTF-8 text, or has too many combining marks in a row.")
        }
        return text
    }

    /// The parts that are not files, as names and values. Throws as `text(of:)` does.
    public func fields() throws(WebError) -> Fields {
        var fields = Fields()
        for part in parts where part.filename == nil { fields.append(part.name, try text(of: part)) }
        return fields
    }

    private static func boundary(_ contentType: String) throws(WebError) -> [UInt8] {
        guard let header = HeaderParameters(contentType) else {
            throw .badMultipart("The Content-Type cannot be read.")
        }
        guard header.value == "multipart/form-data" else {
            throw .unsupportedMediaType(["multipart/form-data"])
        }
        guard let boundary = header.parameters["boundary"].map({ Array($0.utf8) }) else {
            throw .badMultipart("The Content-Type names no boundary.")
        }
        guard (1...70).contains(boundary.count), boundary.allSatisfy({ (0x20...0x7E).contains($0) }),
            boundary.last != 0x20
        else { throw .badMultipart("A boundary has 1 to 70 printable ASCII characters and does not end with a blank.") }
        return boundary
    }
}

extension WebError {
    static func badMultipart(_ detail: String) -> WebError { WebError(400, "bad_multipart", detail) }
}
