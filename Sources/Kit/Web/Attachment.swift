import Support

extension Response {
    /// This answer as a file to be saved under a name (RFC 6266). A name that is not plain ASCII is given in both
    /// forms, because old programs know only the first.
    public func attached(as name: String) -> Response {
        let isPlain = { (byte: UInt8) in byte >= 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x5C && byte != 0x25 }
        let plain = String(decoding: name.utf8.map { isPlain($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
        let full = plain == name ? "" : "; filename*=UTF-8''\(name.percentEncoded)"
        return with("Content-Disposition", "attachment; filename=\"\(plain)\"\(full)")
    }
}
