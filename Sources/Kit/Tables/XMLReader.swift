import CXML

/// Receives the events of an XML document; subclasses override what they need. Names come without their prefix.
class XMLHandler {
    /// Set to end the reading; what was thrown inside an event comes here too.
    final var failure: (any Error)?
    /// Set when nothing more is wanted.
    final var isDone = false

    func start(_ name: XMLName, _ attributes: XMLAttributes) throws {}
    func end(_ name: XMLName) throws {}
    /// A piece of text; one text may come in several.
    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws {}
}

/// The name of an element, valid during the event.
struct XMLName {
    fileprivate let bytes: UnsafePointer<UInt8>

    static func == (name: XMLName, other: StaticString) -> Bool { isEqual(name.bytes, other) }
    static func ~= (other: StaticString, name: XMLName) -> Bool { isEqual(name.bytes, other) }
}

private func isEqual(_ bytes: UnsafePointer<UInt8>, _ other: StaticString) -> Bool {
    let count = other.utf8CodeUnitCount
    // Stops at the terminating zero, which no name holds.
    for index in 0..<count where bytes[index] != other.utf8Start[index] { return false }
    return bytes[count] == 0
}

/// The attributes of an element, valid during the event.
struct XMLAttributes {
    fileprivate let list: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    fileprivate let count: Int

    /// The value of an attribute, by its name without prefix; nil when the element has none.
    subscript(name: StaticString) -> UnsafeBufferPointer<UInt8>? {
        guard let list else { return nil }
        for index in 0..<count {
            // Local name, prefix, namespace, start and end of the value.
            guard let found = list[index * 5], isEqual(found, name), let start = list[index * 5 + 3],
                let end = list[index * 5 + 4]
            else { continue }
            return UnsafeBufferPointer(start: start, count: end - start)
        }
        return nil
    }

    func text(_ name: StaticString) -> String? { self[name].map { String(decoding: $0, as: UTF8.self) } }
    /// A whole number that is not negative, of at most nine digits.
    func number(_ name: StaticString) -> Int? { self[name].flatMap(decimalNumber) }
}

/// The value of one to nine digits; nil for anything else.
func decimalNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard !bytes.isEmpty, bytes.count <= 9 else { return nil }
    var value = 0
    for byte in bytes {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int(byte - 0x30)
    }
    return value
}

/// Pushes a stream through libxml2's SAX parser: no tree, nothing fetched, and no document type, so that there are no
/// entities to expand.
enum XMLReader {
    /// - Parameters:
    ///   - part: how the document is called in messages.
    ///   - pumped: called with the number of bytes after each piece.
    static func read(
        _ source: any ByteStream,
        part: String,
        _ handler: XMLHandler,
        pumped: (Int) throws -> Void = { _ in }
    ) throws {
        var events = callbacks()
        let context = xmlCreatePushParserCtxt(&events, Unmanaged.passUnretained(handler).toOpaque(), nil, 0, nil)
        guard let context else { throw damaged(part, line: 0) }
        defer {
            if let document = context.pointee.myDoc { xmlFreeDoc(document) }
            xmlFreeParserCtxt(context)
        }
        // With NOENT, &amp; in an attribute comes as what it stands for. Other entities there are none: a document type
        // is refused, and nothing keeps what it would declare.
        xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        try withExtendedLifetime(handler) {
            while true {
                let count = try source.read(into: buffer)
                let bytes = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                let result = xmlParseChunk(context, bytes, Int32(count), count == 0 ? 1 : 0)
                if let failure = handler.failure { throw failure }
                if handler.isDone { return }
                guard result == 0 else { throw damaged(part, line: Int(context.pointee.input?.pointee.line ?? 0)) }
                if count == 0 { return }
                try pumped(count)
            }
        }
    }

    static func damaged(_ part: String, line: Int) -> TableError {
        .refused(.damaged(format: "XLSX", detail: "its part \(part) is not well-formed XML near line \(line)"))
    }

    private static func callbacks() -> xmlSAXHandler {
        var events = xmlSAXHandler()
        events.initialized = UInt32(XML_SAX2_MAGIC)
        events.startElementNs = { user, name, _, _, _, _, count, _, attributes in
            deliver(user) { handler in
                guard let name else { return }
                try handler.start(XMLName(bytes: name), XMLAttributes(list: attributes, count: Int(count)))
            }
        }
        events.endElementNs = { user, name, _, _ in
            deliver(user) { handler in
                guard let name else { return }
                try handler.end(XMLName(bytes: name))
            }
        }
        events.characters = { user, bytes, count in
            deliver(user) { try $0.text(UnsafeBufferPointer(start: bytes, count: Int(count))) }
        }
        events.cdataBlock = events.characters
        events.internalSubset = { user, _, _, _ in
            deliver(user) { _ in
                throw TableError.refused(.damaged(format: "XLSX", detail: "one of its parts has a document type"))
            }
        }
        // Without one, messages go to the standard error.
        events.serror = { _, _ in }
        return events
    }
}

/// Hands an event on, unless reading has ended: the parser still tells the rest of its piece.
private func deliver(_ user: UnsafeMutableRawPointer?, _ body: (XMLHandler) throws -> Void) {
    guard let user else { return }
    let handler = Unmanaged<XMLHandler>.fromOpaque(user).takeUnretainedValue()
    guard handler.failure == nil, !handler.isDone else { return }
    do {
        try body(handler)
    } catch {
        handler.failure = error
    }
}
