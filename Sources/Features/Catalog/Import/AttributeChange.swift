import Support

/// Bytes whose address stays: values point to them.
final class StableBytes {
    private let memory: UnsafeMutableBufferPointer<UInt8>

    init(capacity: Int) {
        memory = .allocate(capacity: capacity)
    }

    /// With a copy of a text in it.
    init(_ text: String) {
        memory = .allocate(capacity: text.utf8.count)
        _ = memory.initialize(from: text.utf8)
    }

    deinit {
        memory.deallocate()
    }

    var all: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(memory) }

    /// The same bytes at the stable address, until the next call; nil when they are more than fit.
    func keep(_ bytes: [UInt8]) -> UnsafeBufferPointer<UInt8>? {
        guard bytes.count <= memory.count else { return nil }
        _ = memory.update(from: bytes)
        return UnsafeBufferPointer(rebasing: memory[..<bytes.count])
    }
}

/// What the columns of a record that feed single custom attributes do to what is stored. One for the whole file: its
/// memory is reused.
///
/// The attributes that the file does not name stay. The product's present attributes are known only when it has been
/// looked up, so the store asks for the outcome with their bytes.
final class AttributeChange {
    private enum Change {
        case keep
        case remove
        case set(UnsafeBufferPointer<UInt8>)
    }

    /// Ascending by the bytes of the name, as they are stored.
    private let names: [String]
    private var changes: [Change]
    private static let nothing: StaticString = "{}"
    /// What a column of whole custom attributes says, where the file has one; wins over what is stored.
    private var base: UnsafeBufferPointer<UInt8>?
    private var outcome: [UInt8] = []
    private let area = StableBytes(capacity: CustomAttributes.maxBytes)

    /// - Parameter names: distinct; ascending by their bytes.
    init(names: [String]) {
        self.names = names
        changes = names.map { _ in .keep }
    }

    /// Before the cells of the next record.
    func clear() {
        for index in changes.indices { changes[index] = .keep }
        base = nil
    }

    func removeAll() { base = Self.nothing.buffer }
    func replaceAll(by text: UnsafeBufferPointer<UInt8>) { base = text }
    func set(_ index: Int, _ text: UnsafeBufferPointer<UInt8>) { changes[index] = .set(text) }
    func remove(_ index: Int) { changes[index] = .remove }

    var isEmpty: Bool {
        base == nil
            && changes.allSatisfy { change in
                if case .keep = change { true } else { false }
            }
    }

    /// The attributes after the last `apply`, in stored form; nil for none.
    private(set) var result: UnsafeBufferPointer<UInt8>?

    /// Makes the result from what is stored.
    /// - Returns: false when there would be too many attributes, or too long ones.
    func apply(to stored: UnsafeBufferPointer<UInt8>?) -> Bool {
        outcome.removeAll(keepingCapacity: true)
        result = nil
        if let present = base ?? stored {
            do throws(CustomAttributes.Refusal) {
                try merge(present)
            } catch {
                return false
            }
        } else {
            writeSet()
        }
        if outcome.isEmpty { return true }
        result = area.keep(outcome)
        return result != nil
    }

    private func writeSet() {
        for (index, change) in changes.enumerated() {
            guard case .set(let value) = change else { continue }
            outcome.append(outcome.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
            JSON.writeString(names[index], to: &outcome)
            outcome.append(UInt8(ascii: ":"))
            JSON.writeString(utf8: value, to: &outcome)
        }
        if !outcome.isEmpty { outcome.append(UInt8(ascii: "}")) }
    }

    private func merge(_ present: UnsafeBufferPointer<UInt8>) throws(CustomAttributes.Refusal) {
        var merged = try CustomAttributes(parsing: String(decoding: present, as: UTF8.self)).all
        for (index, change) in changes.enumerated() {
            if case .keep = change { continue }
            merged.removeAll { $0.name == names[index] }
            if case .set(let value) = change {
                merged.append(CustomAttributes.Attribute(names[index], String(decoding: value, as: UTF8.self)))
            }
        }
        let attributes = try CustomAttributes(merged)
        if !attributes.all.isEmpty { outcome = Array(attributes.text.utf8) }
    }
}
