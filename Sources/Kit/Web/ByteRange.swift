extension Request {
    /// The bytes of a file that Range asks for (RFC 9110, section 14), so that a download that broke off can go on. Nil
    /// means the whole file: without a Range, with several, with one that cannot be read, and when If-Range names
    /// another version.
    /// - Parameters:
    ///   - length: bytes of the file.
    ///   - tag: the file's entity tag, without quotes.
    ///
    /// Throws 416 when the file has none of these bytes.
    public func byteRange(of length: Int64, tag: String) throws(WebError) -> Range<Int64>? {
        guard method == .get, let text = headers["Range"], text.lowercased().hasPrefix("bytes="),
            headers["If-Range"].map({ $0 == "\"\(tag)\"" }) ?? true
        else { return nil }
        let ends = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return nil
        }
        let range: Range<Int64>
        switch (Int64(ends[0]), Int64(ends[1])) {
        case (let first?, nil) where ends[1].isEmpty: range = min(first, length)..<length
        case (nil, let last?) where ends[0].isEmpty: range = max(0, length - last)..<length
        case (let first?, let last?) where first <= last: range = min(first, length)..<min(last, length - 1) + 1
        default: return nil
        }
        guard !range.isEmpty else {
            throw WebError(
                416,
                "no_such_range",
                "The file has \(length) bytes, and none of those that Range asks for.",
                headers: .headers(["Content-Range": "bytes */\(length)"])
            )
        }
        return range
    }
}
