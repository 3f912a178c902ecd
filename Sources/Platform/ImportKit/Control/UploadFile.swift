import Glibc
import ImportEngine
import Jobs
import Support
import Web

/// An upload as a file that is sent: exactly the bytes that the user chose to upload, which in the body of a form are a
/// part of what is kept.
struct UploadFile {
    private let file: OpenFile
    private let range: Range<Int64>
    private let path: String

    /// The descriptor, which several parts are read from.
    private final class OpenFile {
        let descriptor: OwnedDescriptor

        init(_ path: String) throws(SystemError) { descriptor = try Files.open(path, O_RDONLY) }
    }

    /// Throws `SystemError` when the upload is gone.
    init(_ source: ImportJob.Source) throws(SystemError) {
        file = try OpenFile(source.path)
        range = source.range
        path = source.path
    }

    /// The whole file, or the range of it that the request asks for.
    /// - Parameter tag: names these bytes for ever; without quotes.
    ///
    /// Throws 416.
    func response(to request: Request, tag: String) throws(WebError) -> Response {
        let length = Int64(range.count)
        let part = try request.byteRange(of: length, tag: tag)
        let wanted = part ?? 0..<length
        var response = Response(
            status: part == nil ? 200 : 206,
            headers: .headers(["Content-Length": "\(wanted.count)", "Accept-Ranges": "bytes"]),
            body: .stream(parts(of: range.lowerBound + wanted.lowerBound..<range.lowerBound + wanted.upperBound))
        )
        if part != nil {
            response.headers.set("Content-Range", "bytes \(wanted.lowerBound)-\(wanted.upperBound - 1)/\(length)")
        }
        return response.tagged(tag, for: request)
    }

    private func parts(of range: Range<Int64>) -> BodyParts {
        var offset = range.lowerBound
        return { [file, path] bytes in
            let wanted = min(Int(clamping: range.upperBound - offset), bytes)
            guard wanted > 0 else { return nil }
            let part = try [UInt8](unsafeUninitializedCapacity: wanted) { target, done in
                let buffer = UnsafeMutableRawBufferPointer(start: target.baseAddress, count: wanted)
                done = try Files.read(file.descriptor.raw, into: buffer, at: offset, path)
                guard done == wanted else { throw SystemError("read \(path)", code: EIO) }
            }
            offset += Int64(wanted)
            return part
        }
    }

    /// The header that names the file for the browser (RFC 6266): plain ASCII first, then the whole name.
    static func disposition(_ name: String) -> String {
        let plain = name.unicodeScalars.map { scalar in
            (0x20..<0x7F).contains(scalar.value) && scalar != "\"" && scalar != "\\" ? Character(scalar) : "_"
        }
        return "attachment; filename=\"\(String(plain))\"; filename*=UTF-8''\(name.percentEncoded)"
    }
}
