import Support

/// Bytes whose address stays: values point to them.
final class StableBytes {
    private var memory: UnsafeMutableBufferPointer<UInt8>

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

    /// The same bytes at an address that stays until the next call.
    func keep(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        if bytes.count > memory.count {
            memory.deallocate()
            memory = .allocate(capacity: bytes.count)
        }
        _ = memory.update(from: bytes)
        return UnsafeBufferPointer(rebasing: memory[..<bytes.count])
    }

    func keep(_ text: String) -> UnsafeBufferPointer<UInt8> {
        var text = text
        return text.withUTF8 { keep($0) }
    }
}

/// Room for bytes that values point to, made anew only where more is needed than ever before.
final class StableRoom {
    private var memory = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)

    deinit {
        memory.deallocate()
    }

    /// Room for `count` bytes; what was there before is lost.
    func room(_ count: Int) -> UnsafeMutableBufferPointer<UInt8> {
        if memory.count < count {
            memory.deallocate()
            memory = .allocate(capacity: max(256, count))
        }
        return memory
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
    private let area = StableBytes(capacity: 4096)
    private var written: [UInt8] = []

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
        result = nil
        guard stored != nil || base != nil else { return writeSet() }
        do throws(CustomAttributes.Refusal) {
            let former = try Self.attributes(stored)
            let present = try base.map { (bytes) throws(CustomAttributes.Refusal) in try Self.attributes(bytes) }
            let merged = try (present ?? former).applying(wanted, over: former)
            if !merged.all.isEmpty { result = area.keep(merged.text) }
            return true
        } catch {
            return false
        }
    }

    /// Of a product without attributes: what the record sets, in the stored form, without a text being made of it.
    private func writeSet() -> Bool {
        written.removeAll(keepingCapacity: true)
        var count = 0
        for (index, change) in changes.enumerated() {
            guard case .set(let value) = change else { continue }
            written.append(count == 0 ? UInt8(ascii: "{") : UInt8(ascii: ","))
            JSON.writeString(names[index], to: &written)
            written.append(UInt8(ascii: ":"))
            JSON.writeString(utf8: value, to: &written)
            count += 1
        }
        guard count > 0 else { return true }
        written.append(UInt8(ascii: "}"))
        guard count <= CustomAttributes.maxCount, written.count <= CustomAttributes.maxBytes else { return false }
        result = written.withUnsafeBufferPointer { area.keep($0) }
        return true
    }

    private static func attributes(
        _ stored: UnsafeBufferPointer<UInt8>?
    ) throws(CustomAttributes.Refusal) -> CustomAttributes {
        guard let stored else { return .none }
        return try CustomAttributes(stored: String(decoding: stored, as: UTF8.self))
    }

    /// What the record says, ascending by name.
    private var wanted: [CustomAttributes.Change] {
        changes.indices.compactMap { index in
            switch changes[index] {
            case .keep: nil
            case .remove: CustomAttributes.Change(name: names[index], value: nil)
            case .set(let text):
                CustomAttributes.Change(name: names[index], value: String(decoding: text, as: UTF8.self))
            }
        }
    }
}
