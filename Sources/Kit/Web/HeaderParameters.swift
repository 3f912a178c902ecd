import Support

/// A header value with parameters: `form-data; name="file"; filename*=UTF-8''a%20b.csv`.
struct HeaderParameters: Equatable {
    /// The part before the first `;`, in lower case.
    let value: String
    /// By name, compared without case, quotes taken off.
    let parameters: Fields

    /// Nil when a parameter is malformed or stands twice.
    ///
    /// In quotes `\"` and `\\` stand for the second character and every other backslash for itself, because browsers
    /// on Windows sent whole paths; a `\"` behind which no quote follows ends the text, because a name may end so.
    init?(_ text: String) {
        var reader = ParameterReader(text)
        value = reader.value().lowercased()
        var parameters = Fields.headers()
        var known: Set<ByteText> = []
        while let semicolon = reader.skip(0x3B) {
            guard semicolon else { return nil }
            if reader.atEnd { break }
            guard let name = reader.name(), let value = reader.parameterValue(),
                known.insert(ByteText(name.lowercased())).inserted
            else { return nil }
            parameters.append(name, value)
        }
        self.parameters = parameters
    }

    /// A parameter of RFC 8187, `name*=UTF-8''percent-encoded`, decoded; nil when it is absent, in another character
    /// set or malformed.
    func extended(_ name: String) -> String? {
        guard let text = parameters["\(name)*"] else { return nil }
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].lowercased() == "utf-8" else { return nil }
        return String(parts[2]).percentDecoded()
    }
}

private struct ParameterReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var atEnd: Bool { position == bytes.count }

    /// True when the byte stood there, false when another did, nil at the end; blanks around it are skipped.
    mutating func skip(_ byte: UInt8) -> Bool? {
        skipBlanks()
        guard position < bytes.count else { return nil }
        guard bytes[position] == byte else { return false }
        position += 1
        skipBlanks()
        return true
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    /// Everything up to the next `;`, without blanks at the ends.
    mutating func value() -> String { run { $0 != 0x3B } }

    /// A parameter's name with the `=` behind it.
    mutating func name() -> String? {
        let name = run { $0 != 0x3D && $0 != 0x3B && $0 != 0x22 }
        guard !name.isEmpty, skip(0x3D) == true else { return nil }
        return name
    }

    mutating func parameterValue() -> String? {
        guard position < bytes.count, bytes[position] == 0x22 else {
            let text = run { $0 != 0x3B && $0 != 0x22 }
            return text.isEmpty ? nil : text
        }
        position += 1
        var out: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == 0x22 { return String(validating: out, as: UTF8.self) }
            if byte == 0x5C, let escaped = escapedByte() {
                out.append(escaped)
                position += 1
            } else {
                out.append(byte)
            }
        }
        return nil
    }

    private func escapedByte() -> UInt8? {
        guard position < bytes.count else { return nil }
        if bytes[position] == 0x5C { return 0x5C }
        return bytes[position] == 0x22 && bytes[(position + 1)...].contains(0x22) ? 0x22 : nil
    }

    private mutating func run(while matches: (UInt8) -> Bool) -> String {
        let rest = bytes[position...]
        let end = rest.firstIndex { !matches($0) } ?? bytes.count
        position = end
        return String(decoding: rest[..<end], as: UTF8.self).trimmed
    }
}
