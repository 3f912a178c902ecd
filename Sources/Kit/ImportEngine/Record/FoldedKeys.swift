import Glibc
import Support

/// Makes the key of one text from a cell's bytes, in one reused buffer: trimmed, folded, checked.
struct FoldedKeys: ~Copyable {
    enum Outcome {
        /// Trimmed text and key; both valid until the next call or until the cell goes.
        case key(text: UnsafeBufferPointer<UInt8>, key: UnsafeBufferPointer<UInt8>)
        case blank
        case bad
    }

    /// Scalars in a text.
    private let limit: Int
    private let capacity: Int
    private let buffer: UnsafeMutablePointer<UInt8>

    init(limit: Int) {
        self.limit = limit
        // A folded text may be three times as long in UTF-8 (CaseFolding.txt), a scalar has up to four bytes.
        capacity = limit * 4 * 3
        buffer = .allocate(capacity: max(1, capacity))
    }

    deinit {
        buffer.deallocate()
    }

    func read(_ cell: UnsafeBufferPointer<UInt8>) -> Outcome {
        var start = 0
        var end = cell.count
        while start < end, Self.isSpace(cell[start]) { start += 1 }
        while end > start, Self.isSpace(cell[end - 1]) { end -= 1 }
        if start == end { return .blank }
        let sku = UnsafeBufferPointer(rebasing: cell[start..<end])
        guard sku.count <= limit else { return slow(sku) }
        for index in 0..<sku.count {
            let byte = sku[index]
            if byte >= 0x80 { return slow(sku) }
            if byte < 0x20 || byte == 0x7F { return .bad }
            buffer[index] = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
        }
        return .key(text: sku, key: UnsafeBufferPointer(start: buffer, count: sku.count))
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    /// What is not short ASCII.
    private func slow(_ bytes: UnsafeBufferPointer<UInt8>) -> Outcome {
        guard bytes.count <= limit * 4 + 64, let text = String(validating: bytes, as: UTF8.self) else {
            return .bad
        }
        let sku = text.trimmed
        if sku.isEmpty { return .blank }
        guard sku.unicodeScalars.count <= limit, !sku.hasControlCharacters else { return .bad }
        var folded = sku.caseFolded
        let count = folded.withUTF8 { source in
            let count = min(source.count, capacity)
            if let base = source.baseAddress { buffer.update(from: base, count: count) }
            return count
        }
        // The trimmed text lies inside the cell: white space at the ends is all that trimming takes away.
        let before = text.unicodeScalars.prefix { $0.properties.isWhitespace }.reduce(0) { $0 + UTF8.width($1) }
        let trimmed = UnsafeBufferPointer(rebasing: bytes[before..<before + sku.utf8.count])
        return .key(text: trimmed, key: UnsafeBufferPointer(start: buffer, count: count))
    }
}
