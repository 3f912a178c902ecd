/// Looks at the first bytes of a FastCGI connection before libfcgi does. libfcgi reads them blocking, and its parser
/// can be crashed (FCGI_GET_VALUES with repeated names overflows a buffer, lengths overflow an int); so it only ever
/// sees a head that has arrived in full and is well-formed: BEGIN_REQUEST, then PARAMS up to the empty one.
enum RequestHead: Equatable {
    /// The head has arrived, and the body may follow.
    case complete
    /// The head has arrived and the end of an empty body too: nothing more will come.
    case whole
    case incomplete
    case invalid

    /// A head longer than this is refused. nginx's header buffers hold 32 KiB.
    static let limit = 128 << 10
    private static let version: UInt8 = 1

    static func inspect(_ bytes: UnsafeRawBufferPointer) -> RequestHead {
        guard let begin = RecordHeader(bytes, at: 0) else { return .incomplete }
        guard begin.version == version, begin.type == .beginRequest, begin.contentLength == 8, begin.requestID != 0
        else { return .invalid }
        guard bytes.count >= begin.end else { return .incomplete }
        let role = UInt16(bytes[8]) << 8 | UInt16(bytes[9])
        guard role == 1 else { return .invalid }
        var offset = begin.end
        var parameters: [UInt8] = []
        while true {
            guard let record = RecordHeader(bytes, at: offset) else { return room(offset + 8) }
            guard record.version == version, record.type == .parameters, record.requestID == begin.requestID else {
                return .invalid
            }
            guard bytes.count >= offset + record.end else { return room(offset + record.end) }
            if record.contentLength == 0 {
                guard areWellFormed(parameters) else { return .invalid }
                let body = RecordHeader(bytes, at: offset + record.end)
                return body?.type == .standardInput && body?.contentLength == 0 ? .whole : .complete
            }
            parameters += bytes[(offset + 8)..<(offset + 8 + record.contentLength)]
            offset += record.end
        }
    }

    private static func room(_ needed: Int) -> RequestHead { needed > limit ? .invalid : .incomplete }

    /// Name-value pairs as in the FastCGI specification, 3.4: lengths of one byte, or of four with the high bit set.
    private static func areWellFormed(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            guard let name = length(bytes, &offset), let value = length(bytes, &offset), name > 0,
                name <= bytes.count - offset, value <= bytes.count - offset - name
            else { return false }
            offset += name + value
        }
        return true
    }

    private static func length(_ bytes: [UInt8], _ offset: inout Int) -> Int? {
        guard offset < bytes.count else { return nil }
        let first = bytes[offset]
        guard first & 0x80 != 0 else {
            offset += 1
            return Int(first)
        }
        guard offset + 4 <= bytes.count else { return nil }
        let value = bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
        offset += 4
        return value
    }
}

/// The eight bytes before every record.
struct RecordHeader {
    enum Kind: UInt8 {
        case beginRequest = 1
        case abortRequest = 2
        case endRequest = 3
        case parameters = 4
        case standardInput = 5
        case standardOutput = 6
    }

    let version: UInt8
    /// Nil for a type that a request does not consist of.
    let type: Kind?
    let requestID: UInt16
    let contentLength: Int
    /// Where the record ends, counted from its own start.
    let end: Int

    /// Nil when fewer than eight bytes stand at the offset.
    init?(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        guard bytes.count - offset >= 8 else { return nil }
        version = bytes[offset]
        type = Kind(rawValue: bytes[offset + 1])
        requestID = UInt16(bytes[offset + 2]) << 8 | UInt16(bytes[offset + 3])
        contentLength = Int(bytes[offset + 4]) << 8 | Int(bytes[offset + 5])
        end = 8 + contentLength + Int(bytes[offset + 6])
    }
}
