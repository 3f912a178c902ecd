import Support

/// A format for numbers with a fixed look: `0.00 "€"`, `00000`, `0%`, `000-00-0000`.
struct NumberPattern: Equatable {
    private enum Piece: Equatable {
        /// A digit of the integer part; whether it is shown when there is none.
        case digit(isRequired: Bool)
        /// The point and the digits behind it.
        case decimals(least: Int, most: Int)
        case text([UInt8])
    }

    private var pieces: [Piece] = []
    private var percents = 0
    private var places = 0

    /// nil for what is written out in full instead: `General`, `@`, exponents, fractions, scaling, conditions.
    init?(_ section: [FormatToken]) {
        var hasDigits = false
        var isBehindPoint = false
        var least = 0
        var isScaling = false
        for token in section {
            switch token {
            case .literal(let text): pieces.append(.text(Array(text.utf8)))
            case .bracket(let text):
                if let currency = token.currency {
                    pieces.append(.text(Array(currency.utf8)))
                } else if text.first == "<" || text.first == ">" || text.first == "=" {
                    return nil
                }
            case .sign(let sign):
                switch sign {
                case "0", "#", "?":
                    isScaling = false
                    hasDigits = true
                    if isBehindPoint {
                        places += 1
                        if sign == "0" { least = places }
                        pieces[pieces.count - 1] = .decimals(least: least, most: places)
                    } else {
                        pieces.append(.digit(isRequired: sign == "0"))
                    }
                case ".":
                    guard !isBehindPoint else { return nil }
                    isBehindPoint = true
                    pieces.append(.decimals(least: 0, most: 0))
                // Behind the last digit it scales; between digits it parts thousands.
                case ",": isScaling = hasDigits
                case "%":
                    percents += 1
                    pieces.append(.text([UInt8(ascii: "%")]))
                case "$", "-", "+", "/", "(", ")", ":", "!", "^", "&", "'", "~", "{", "}", "<", ">", "=", " ":
                    if sign == "/" { return nil }
                    pieces.append(.text(Array(String(sign).utf8)))
                default:
                    guard sign.value > 0x7F else { return nil }
                    pieces.append(.text(Array(String(sign).utf8)))
                }
            }
            // Digits behind the point must stand together.
            if case .decimals = pieces.last { continue }
            isBehindPoint = false
        }
        let points = pieces.filter { if case .decimals = $0 { true } else { false } }
        guard hasDigits, !isScaling, points.count <= 1 else { return nil }
    }

    /// The digit behind which a fraction stands that the format does not show; nil where it has a point.
    private var placeOfFraction: Int? {
        if pieces.contains(where: { if case .decimals = $0 { true } else { false } }) { return nil }
        return pieces.lastIndex { if case .digit = $0 { true } else { false } }
    }

    /// - Parameter decimals: what has more digits behind the point than the format shows is rounded only where the
    /// format shows at least these.
    func text(_ number: DecimalDigits, decimals: Int = 0) -> [UInt8] {
        var number = number
        number.shift(percents * 2)
        let isWhole = percents > 0 || places >= decimals || number.fraction.count <= places
        if isWhole { number.round(places: places) }
        var integer = number.integer
        if integer == [0x30] { integer = [] }
        var parts: [[UInt8]] = []
        let first = pieces.firstIndex { if case .digit = $0 { true } else { false } }
        let last = isWhole ? nil : placeOfFraction
        for (index, piece) in pieces.enumerated().reversed() {
            switch piece {
            case .text(let text): parts.append(text)
            case .decimals(let least, _):
                var fraction = number.fraction
                while fraction.count < least { fraction.append(0x30) }
                parts.append(fraction.isEmpty ? [] : [UInt8(ascii: ".")] + fraction)
                if first == nil { parts.append(integer.isEmpty ? [0x30] : integer) }
            case .digit(let isRequired):
                if index == last { parts.append([UInt8(ascii: ".")] + number.fraction) }
                if index == first {
                    parts.append(integer.isEmpty && isRequired ? [0x30] : integer)
                } else if let last = integer.popLast() {
                    parts.append([last])
                } else if isRequired {
                    parts.append([0x30])
                }
            }
        }
        if number.isNegative && !number.isZero { parts.append([UInt8(ascii: "-")]) }
        var text = parts.reversed().flatMap { $0 }
        while text.last == 0x20 { text.removeLast() }
        let start = text.firstIndex { $0 != 0x20 } ?? text.count
        let shown = Array(text[start...])
        // `#` shows nothing for zero, and a reader would take that for a blank cell.
        return number.isZero && !shown.contains { $0 >= 0x30 && $0 <= 0x39 } ? [0x30] : shown
    }
}
