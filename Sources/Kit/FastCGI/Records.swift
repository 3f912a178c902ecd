/// Frames bytes as FastCGI records.
enum Records {
    /// Longest content of one record that is a multiple of eight, so that no padding is needed.
    static let mostContent = 65_528

    /// Appends the bytes as FCGI_STDOUT records; nothing for no bytes, because an empty record ends the stream.
    static func appendOutput(_ content: some RandomAccessCollection<UInt8>, requestID: UInt16, to out: inout [UInt8]) {
        var rest = content[...]
        while !rest.isEmpty {
            let piece = rest.prefix(mostContent)
            appendHeader(.standardOutput, piece.count, requestID, to: &out)
            out += piece
            rest = rest.dropFirst(piece.count)
        }
    }

    /// Appends what ends a request: an empty FCGI_STDOUT and FCGI_END_REQUEST with status 0.
    static func appendEnd(requestID: UInt16, to out: inout [UInt8]) {
        appendHeader(.standardOutput, 0, requestID, to: &out)
        appendHeader(.endRequest, 8, requestID, to: &out)
        out += [0, 0, 0, 0, 0, 0, 0, 0]
    }

    private static func appendHeader(_ kind: RecordHeader.Kind, _ length: Int, _ id: UInt16, to out: inout [UInt8]) {
        out += [
            1, kind.rawValue, UInt8(truncatingIfNeeded: id >> 8), UInt8(truncatingIfNeeded: id),
            UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length), 0, 0,
        ]
    }
}
