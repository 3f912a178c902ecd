import Glibc
import Support
import Tables

/// An input is a byte that tells how the text comes in pieces, and a text: an array of objects, objects in a row, or
/// an object with a list in it.
func checkJSON(_ input: UnsafeBufferPointer<UInt8>) {
    guard !input.isEmpty else { return }
    let text = Array(input.dropFirst())
    var formats = [TableFormat.Kind.json, .ndjson].map { kind in
        var format = TableFormat()
        format.kind = kind
        return format
    }
    for place in JSONOutline(text, isWhole: input[0] & 16 == 0).places.prefix(3) where text.first == 0x7B {
        var format = formats[0]
        (format.list, format.isKeyed) = (place.path, place.isKeyed)
        formats.append(format)
    }
    for format in formats { checkFraming(text, format, piece: Int(input[0] & 15) + 1) }
}

/// What the framing and the reader make of a text, as the pieces come and as a whole; and whether each object is what
/// the strict parser of the whole program says it is.
private func checkFraming(_ text: [UInt8], _ format: TableFormat, piece: Int) {
    let whole = objects(MemoryBytes(text), format)
    let pieces = objects(Pieces(text, piece), format)
    guard whole.found == pieces.found, whole.fault == pieces.fault else {
        fatalError("pieces of \(piece) differ: \(text)\n\(whole)\n\(pieces)")
    }
    for object in whole.found where !object.isBroken { checkObject(object.bytes) }
    guard whole.fault == nil, format.kind == .json, format.list == nil else { return }
    // A list that is framed to its end and whose objects are all sound is JSON.
    let isSound = whole.found.allSatisfy { read($0.bytes) != nil }
    guard isSound, String(validating: text, as: UTF8.self) != nil, !hasHalfPairs(text), !text.starts(with: mark) else {
        return
    }
    guard let value = try? JSON.parse(text, depth: 80) else { return expectDuplicate(text) }
    guard value.arrayValue?.count == whole.found.count else { fatalError("the number of objects differs: \(text)") }
}

private let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

private struct Found: Equatable {
    var line: Int64
    var name: [UInt8]
    var bytes: [UInt8]
    var isBroken: Bool
}

private func objects(_ source: any ByteStream, _ format: TableFormat) -> (found: [Found], fault: String?) {
    var objects = JSONObjects(source, format, limits: .standard)
    var found: [Found] = []
    do {
        while try objects.next() {
            let isBroken = objects.fault != nil
            found.append(Found(line: objects.line, name: objects.name, bytes: objects.object, isBroken: isBroken))
        }
        return (found, nil)
    } catch {
        guard let fault = error.fault else { fatalError("\(error)") }
        return (found, fault.description)
    }
}

private struct Cell: Equatable {
    var name: [UInt8]
    var value: [UInt8]
}

private func read(_ object: [UInt8]) -> [Cell]? {
    var reader = JSONObjectReader(depth: 64)
    var cells: [Cell] = []
    do {
        try reader.read(object) { name, value, isNumber in
            let hasMark = value.contains { $0 == 0x2E || $0 | 0x20 == 0x65 }
            guard !isNumber || hasMark else { fatalError("a number without a mark is marked: \(object)") }
            cells.append(Cell(name: Array(name), value: Array(value)))
        }
        return cells
    } catch {
        return nil
    }
}

private func checkObject(_ object: [UInt8]) {
    guard String(validating: object, as: UTF8.self) != nil, !hasHalfPairs(object) else { return }
    let cells = read(object)
    guard let value = try? JSON.parse(object) else {
        if cells != nil { expectDuplicate(object) }
        return
    }
    guard let cells, let members = value.members else { fatalError("only the reader refuses: \(object)") }
    let expected = members.map { member in
        let text: [UInt8] =
            switch member.value {
            case .null: []
            case .string(let text): Array(text.utf8)
            default: member.value.bytes
            }
        return Cell(name: Array(member.name.utf8), value: text)
    }
    guard zip(cells, expected).allSatisfy(sameCell), cells.count == expected.count else {
        fatalError("the cells differ: \(object)\n\(cells)\n\(expected)")
    }
}

/// Nested values keep their escapes, so they are compared as values.
private func sameCell(_ cell: Cell, _ expected: Cell) -> Bool {
    if cell == expected { return true }
    guard cell.name == expected.name, let first = cell.value.first, first == 0x5B || first == 0x7B else { return false }
    guard let left = try? JSON.parse(cell.value), let right = try? JSON.parse(expected.value) else { return false }
    return left == right
}

/// The strict parser refuses names that stand twice, the reader leaves that to the table.
private func expectDuplicate(_ text: [UInt8]) {
    do {
        _ = try JSON.parse(text, depth: 80)
    } catch {
        guard error.reason.hasSuffix("stands twice") || error.reason == "nested too deep" else {
            fatalError("only the reader accepts: \(text): \(error)")
        }
    }
}

/// `\ud83d` alone: the reader keeps it as bytes that are not UTF-8, the strict parser refuses it.
private func hasHalfPairs(_ text: [UInt8]) -> Bool {
    String(decoding: text, as: UTF8.self).lowercased().contains("\\ud")
}
