import Support

/// Names and values in order, as in headers, query strings and forms.
public struct Fields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    public struct Field: Sendable, Equatable {
        public let name: String
        public let value: String
    }

    public private(set) var all: [Field] = []
    /// Whether names are compared without case (headers).
    private let ignoresCase: Bool

    public init(ignoresCase: Bool = false) {
        self.ignoresCase = ignoresCase
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        ignoresCase = false
        for (name, value) in elements { append(name, value) }
    }

    /// Header fields: names are compared without case.
    public static func headers(_ pairs: KeyValuePairs<String, String> = [:]) -> Fields {
        var fields = Fields(ignoresCase: true)
        for (name, value) in pairs { fields.append(name, value) }
        return fields
    }

    private func matches(_ left: String, _ right: String) -> Bool {
        guard ignoresCase else { return left.hasSameBytes(as: right) }
        guard left.utf8.count == right.utf8.count else { return false }
        return left.utf8.elementsEqual(right.utf8) { asciiLowercased($0) == asciiLowercased($1) }
    }

    /// The first value of that name.
    public subscript(name: String) -> String? {
        all.first { matches($0.name, name) }?.value
    }

    /// Every value of that name, in order.
    public func values(_ name: String) -> [String] {
        all.filter { matches($0.name, name) }.map(\.value)
    }

    /// The distinct names, in order of first appearance.
    public var names: [String] {
        var seen: Set<ByteText> = []
        return all.map(\.name).filter { seen.insert(ByteText($0)).inserted }
    }

    public mutating func append(_ name: String, _ value: String) {
        all.append(Field(name: name, value: value))
    }

    /// Replaces every value of that name by this one.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        append(name, value)
    }

    public mutating func remove(_ name: String) {
        guard self[name] != nil else { return }
        all = all.filter { !matches($0.name, name) }
    }

    public var isEmpty: Bool { all.isEmpty }

    /// `a=1&b=2`, percent-encoded.
    public var queryString: String {
        all.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }.joined(separator: "&")
    }
}

private func asciiLowercased(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
}
