import Glibc
import Support
import Web

/// An upload as a file that can be sent: exactly the bytes that somebody chose to upload.
struct UploadFile {
    private let source: ProductImport.Source

    init(_ source: ProductImport.Source) {
        self.source = source
    }

    /// The path of the file. The body of a form holds more than the file, so the file is copied out of it at the first
    /// download; what a script sends is the file itself.
    ///
    /// Throws 503 `disk_full` when there is no room for the copy.
    func path() throws -> String {
        if source.range == 0..<(Files.size(source.path) ?? -1) { return source.path }
        let copy = "\(source.path).file"
        if Files.exists(copy) { return copy }
        let temporary = "\(copy).\(getpid()).new"
        do throws(SystemError) {
            try copyRange(to: temporary)
            try Files.rename(temporary, to: copy)
        } catch {
            unlink(temporary)
            guard error.code == ENOSPC || error.code == EDQUOT else { throw error }
            throw WebError.unavailable(
                "disk_full",
                "The server's disk is full, so the file cannot be made ready. Try again later.",
                retryAfter: 60,
                cause: "\(error)"
            )
        }
        return copy
    }

    private func copyRange(to path: String) throws(SystemError) {
        let input = try Files.open(source.path, O_RDONLY)
        let output = try Files.open(path, O_WRONLY | O_CREAT | O_TRUNC)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var offset = source.range.lowerBound
        while offset < source.range.upperBound {
            let wanted = Int(min(Int64(buffer.count), source.range.upperBound - offset))
            let count = pread(input.raw, &buffer, wanted, off_t(offset))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw SystemError("read \(source.path)", code: count < 0 ? errno : EIO) }
            try Files.writeAll(count == buffer.count ? buffer : Array(buffer[..<count]), to: output.raw, path)
            offset += Int64(count)
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
