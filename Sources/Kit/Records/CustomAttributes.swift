public import Support

/// What a shop says of a record beyond its fields: names with texts, in a form in which equal ones have equal bytes.
///
/// Stored as a JSON object of strings whose members ascend by the UTF-8 bytes of their names, without white space
/// between them. No attributes at all are stored as null, not as an empty object. Everything takes time in proportion
/// to the bytes: names are compared by them, and lists that ascend are merged.
public struct CustomAttributes: Sendable, Equatable {
    public static let maxCount = 1000
    /// Unicode scalars in a name.
    public static let maxName = 100
    /// Bytes of the stored text.
    public static let maxBytes = 256 << 10

    public struct Attribute: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        public static func == (left: Attribute, right: Attribute) -> Bool {
            left.name.hasSameBytes(as: right.name) && left.value.hasSameBytes(as: right.value)
        }
    }

    /// What is to become of one attribute.
    public struct Change: Sendable {
        let name: String
        /// Nil takes it away.
        let value: String?

        public init(name: String, value: String?) {
            self.name = name
            self.value = value
        }
    }

    /// Ascending by name, each name once.
    public let all: [Attribute]
    /// The stored form.
    public let text: String

    public static let none = CustomAttributes(ascending: [])

    private init(ascending: [Attribute]) {
        all = ascending
        text = JSON.object(ascending.map { JSON.Member($0.name, .string($0.value)) }).text
    }

    /// The last one of a name counts.
    /// - Parameter former: what stood there before, see `check`.
    public init(_ attributes: [Attribute], over former: CustomAttributes = .none) throws(Refusal) {
        self.init(ascending: Self.lastOfEach(attributes, by: \.name))
        try check(over: former)
    }

    /// From an object of texts.
    public init(_ json: JSON, over former: CustomAttributes = .none) throws(Refusal) {
        try self.init(try Self.texts(json), over: former)
    }

    /// From the text of a JSON object.
    public init(parsing text: String, over former: CustomAttributes = .none) throws(Refusal) {
        try self.init(try Self.parsed(text), over: former)
    }

    /// What is stored, under whatever limits it was.
    ///
    /// Throws `notAnObject` and `notText`.
    public init(stored text: String) throws(Refusal) {
        self.init(ascending: Self.lastOfEach(try Self.texts(try Self.parsed(text)), by: \.name))
    }

    /// What stands in a field.
    public static func standing(_ value: RecordValue) throws(Refusal) -> CustomAttributes {
        guard case .text(let stored) = value else { return .none }
        return try CustomAttributes(stored: stored)
    }

    private static func parsed(_ text: String) throws(Refusal) -> JSON {
        do {
            return try JSON.parse(text, depth: 2)
        } catch {
            throw .notAnObject
        }
    }

    private static func texts(_ json: JSON) throws(Refusal) -> [Attribute] {
        guard let members = json.members else { throw .notAnObject }
        var found: [Attribute] = []
        found.reserveCapacity(members.count)
        for member in members {
            guard let value = member.value.stringValue else { throw .notText(name: member.name) }
            found.append(Attribute(member.name, value))
        }
        return found
    }

    /// Ascending by name; the last one of a name stays.
    private static func lastOfEach<Item>(_ items: [Item], by name: (Item) -> String) -> [Item] {
        // What was stored ascends already.
        if zip(items, items.dropFirst()).allSatisfy({ name($0).comesBefore(name($1)) }) { return items }
        var newest: [ByteText: Int] = [:]
        for (index, item) in items.enumerated() { newest[ByteText(name(item))] = index }
        return newest.sorted { $0.key < $1.key }.map { items[$0.value] }
    }

    public static func == (left: CustomAttributes, right: CustomAttributes) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    public var json: JSON { .object(all.map { JSON.Member($0.name, .string($0.value)) }) }
}

// Merging
extension CustomAttributes {
    /// As JSON Merge Patch (RFC 7396) has it: texts are set, null takes one away, the others stay.
    /// - Parameter former: what stands there, where that is not what is merged with.
    public func merging(_ patch: JSON, over former: CustomAttributes? = nil) throws(Refusal) -> CustomAttributes {
        guard let members = patch.members else { throw .notAnObject }
        var changes: [Change] = []
        changes.reserveCapacity(members.count)
        for member in members {
            let value = member.value.stringValue
            guard value != nil || member.value.isNull else { throw .notText(name: member.name) }
            changes.append(Change(name: member.name, value: value))
        }
        return try applying(Self.lastOfEach(changes, by: \.name), over: former)
    }

    /// - Parameter changes: ascending by the bytes of their names, each name once.
    public func applying(_ changes: [Change], over former: CustomAttributes? = nil) throws(Refusal) -> CustomAttributes
    {
        var merged: [Attribute] = []
        merged.reserveCapacity(all.count + changes.count)
        var rest = all[...]
        for change in changes {
            while let next = rest.first, next.name.comesBefore(change.name) {
                merged.append(next)
                rest.removeFirst()
            }
            if let next = rest.first, next.name.hasSameBytes(as: change.name) { rest.removeFirst() }
            if let value = change.value { merged.append(Attribute(change.name, value)) }
        }
        let result = CustomAttributes(ascending: merged + rest)
        try result.check(over: former ?? self)
        return result
    }
}

// One attribute a line, `Colour: red`, is how people type them. What such lines cannot say is shown as JSON.
extension CustomAttributes {
    /// For a form's text area.
    public var lines: String {
        let isPlain = all.allSatisfy { attribute in
            !attribute.name.utf8.contains(0x3A) && attribute.name.utf8.first != 0x7B && !attribute.value.isEmpty
                && attribute.value.hasSameBytes(as: attribute.value.trimmed)
                && !attribute.value.utf8.contains { $0 == 0x0A || $0 == 0x0D }
        }
        guard isPlain else { return text }
        return all.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    }

    /// From a text area: lines, or a JSON object.
    public init(typed text: String, over former: CustomAttributes = .none) throws(Refusal) {
        if text.trimmed.utf8.first == 0x7B {
            try self.init(parsing: text.trimmed, over: former)
            return
        }
        var found: [Attribute] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let line = String(line).trimmed
            if line.isEmpty { continue }
            guard let colon = line.utf8.firstIndex(of: 0x3A) else { throw .badName(line) }
            let name = String(line[..<colon]).trimmed
            found.append(Attribute(name, String(line[line.utf8.index(after: colon)...]).trimmed))
        }
        try self.init(found, over: former)
    }
}
