import Records
import Support

/// What the columns of a record that feed single custom attributes do to what is stored. One for the whole file: its
/// memory is reused.
///
/// The attributes that the file does not name stay. The product's present attributes are known only when it has been
/// looked up, so the store asks for the outcome with their bytes.
package final class AttributeChange {
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
    private var taken: [Int: StableBytes] = [:]

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

    /// Whether some attribute is left as it is.
    var isOpen: Bool {
        changes.contains { change in
            if case .keep = change { true } else { false }
        }
    }

    /// Takes from another record what this one leaves as it is. The other has the same names, or some of them.
    /// - Parameter isWanted: whether it is wanted for an attribute, by its place among the names.
    func take(from other: AttributeChange, where isWanted: (Int) -> Bool) {
        if base == nil, let text = other.base { base = kept(-1).keep(text) }
        let isSame = names.count == other.names.count && zip(names, other.names).allSatisfy { $0.hasSameBytes(as: $1) }
        for index in changes.indices {
            guard case .keep = changes[index], isWanted(index) else { continue }
            guard let place = isSame ? index : other.place(of: names[index]) else { continue }
            switch other.changes[place] {
            case .keep: break
            case .remove: changes[index] = .remove
            case .set(let text): changes[index] = .set(kept(index).keep(text))
            }
        }
    }

    private func place(of name: String) -> Int? { names.firstIndex { $0.hasSameBytes(as: name) } }

    /// Where a text stays that another record has given, by its place among the names.
    private func kept(_ index: Int) -> StableBytes {
        if let known = taken[index] { return known }
        let room = StableBytes(capacity: 64)
        taken[index] = room
        return room
    }

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
