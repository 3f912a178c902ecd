import Support

/// What programs put around a text so that a spreadsheet leaves it alone: an apostrophe in front, or `="…"`.
///
/// Shopify writes `'4006381333931`, WooCommerce `'-10% Set`, many reports `="00123"`. None of it belongs to the value.
/// Our own exports say in each row which texts got an apostrophe (`FormulaCells`); in such files nothing else is taken
/// away.
enum TextGuard {
    private static let apostrophe = UInt8(ascii: "'")
    private static let quote = UInt8(ascii: "\"")

    /// Which apostrophes are no part of the value.
    enum Apostrophe {
        /// Any in front: an amount, a code or a word never begins with one.
        case always
        /// In front of digits alone, and of what begins a formula: `'n Sync` and `'47 Brand` keep theirs.
        case beforeNumbers
        /// In front of what begins a formula.
        case beforeFormulas
    }

    /// Whether a cell may be guarded at all: one look at its first byte.
    static func mayGuard(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = cell.first else { return false }
        return first == apostrophe || first == UInt8(ascii: "=")
    }

    /// The text itself.
    /// - Parameter room: holds the result where doubled quotes have to go.
    static func removed(
        _ cell: UnsafeBufferPointer<UInt8>,
        _ apostrophes: Apostrophe,
        _ room: StableRoom
    ) -> UnsafeBufferPointer<UInt8> {
        if cell.first == apostrophe {
            let rest = UnsafeBufferPointer(rebasing: cell[1...])
            return isGuard(before: rest, apostrophes) ? rest : cell
        }
        guard cell.count >= 3, cell[0] == UInt8(ascii: "="), cell[1] == quote, cell[cell.count - 1] == quote else {
            return cell
        }
        let inner = UnsafeBufferPointer(rebasing: cell[2..<cell.count - 1])
        return inner.contains(quote) ? unquoted(inner, room) ?? cell : inner
    }

    private static func isGuard(before rest: UnsafeBufferPointer<UInt8>, _ apostrophes: Apostrophe) -> Bool {
        guard let first = rest.first else { return false }
        switch apostrophes {
        case .always: return true
        case .beforeNumbers where rest.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }): return true
        case .beforeNumbers, .beforeFormulas:
            switch first {
            case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"): return true
            default: return false
            }
        }
    }

    /// Two quotes are one; nil where one stands alone, which is a formula of several parts.
    private static func unquoted(
        _ inner: UnsafeBufferPointer<UInt8>,
        _ room: StableRoom
    ) -> UnsafeBufferPointer<UInt8>? {
        let target = room.room(inner.count)
        var count = 0
        var index = 0
        while index < inner.count {
            if inner[index] == quote {
                index += 1
                guard index < inner.count, inner[index] == quote else { return nil }
            }
            target.initializeElement(at: count, to: inner[index])
            count += 1
            index += 1
        }
        return UnsafeBufferPointer(rebasing: target[..<count])
    }
}
