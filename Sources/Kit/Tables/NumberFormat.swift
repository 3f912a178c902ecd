import Support

/// How a number in a cell is shown (ECMA-376 part 1, 18.8.31).
///
/// Decimals, leading zeros, percent signs, currency signs and dates are as the sheet shows them. Four things are not,
/// because they lose or blur what the cell holds: marks between thousands are left out (`1,234` may be read as 1.234),
/// scientific notation, fractions and scaling to thousands are written out in full, a negative number has a minus
/// whatever its section says, and what a format with fewer decimals than an amount has would round away stays.
enum NumberFormat: Equatable {
    case general
    case number(NumberPattern)
    case date(DatePattern)

    /// - Parameter code: the text of the format, as `#,##0.00 "€"`.
    init(code: String) {
        let section = Self.firstSection(Array(code.unicodeScalars))
        if let date = DatePattern(section) {
            self = .date(date)
        } else if let number = NumberPattern(section) {
            self = .number(number)
        } else {
            self = .general
        }
    }

    /// The formats that workbooks refer to without spelling them out. Where the standard leaves the look to the
    /// country, it is that of ISO 8601.
    init(builtIn id: Int) {
        let codes: [Int: String] = [
            1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "0", 6: "0", 7: "0.00", 8: "0.00", 9: "0%", 10: "0.00%",
            14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
            20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd hh:mm", 27: "yyyy-mm-dd", 28: "yyyy-mm-dd", 29: "yyyy-mm-dd",
            30: "yyyy-mm-dd", 31: "yyyy-mm-dd", 32: "h:mm", 33: "h:mm:ss", 34: "h:mm", 35: "h:mm:ss",
            36: "yyyy-mm-dd", 37: "0", 38: "0", 39: "0.00", 40: "0.00", 41: "0", 42: "0", 43: "0.00", 44: "0.00",
            45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 50: "yyyy-mm-dd", 51: "yyyy-mm-dd", 52: "yyyy-mm-dd",
            53: "yyyy-mm-dd", 54: "yyyy-mm-dd", 55: "h:mm", 56: "h:mm:ss", 57: "yyyy-mm-dd", 58: "yyyy-mm-dd",
        ]
        self = codes[id].map(NumberFormat.init(code:)) ?? .general
    }

    var isDate: Bool { if case .date = self { true } else { false } }

    /// The text of a cell.
    /// - Parameter decimals: a number is not rounded to fewer than these: where its format shows 12 for 12.49, all of
    /// it is given.
    func text(_ value: Double, usesDates1904: Bool, decimals: Int = 0) -> [UInt8]? {
        guard let digits = DecimalDigits(value) else { return nil }
        switch self {
        case .general: return digits.plain
        case .number(let pattern): return pattern.text(digits, decimals: decimals)
        case .date(let pattern):
            guard let time = SerialTime(value, usesDates1904: usesDates1904, pattern.roundsToSeconds) else {
                return digits.plain
            }
            return Array(pattern.text(time).utf8)
        }
    }

    /// Up to the first semicolon that is not quoted: the section for positive numbers.
    private static func firstSection(_ code: [Unicode.Scalar]) -> [FormatToken] {
        var tokens: [FormatToken] = []
        var index = 0
        func rest(_ end: (Unicode.Scalar) -> Bool) -> String {
            var text = ""
            index += 1
            while index < code.count, !end(code[index]) {
                text.unicodeScalars.append(code[index])
                index += 1
            }
            index += 1
            return text
        }
        while index < code.count {
            switch code[index] {
            case ";": return tokens
            case "\"": tokens.append(.literal(rest { $0 == "\"" }))
            case "[": tokens.append(.bracket(rest { $0 == "]" }))
            case "\\":
                if index + 1 < code.count { tokens.append(.literal(String(code[index + 1]))) }
                index += 2
            // The width of a sign, and a sign that fills the cell: nothing that is read.
            case "_", "*": index += 2
            case let sign:
                tokens.append(.sign(sign))
                index += 1
            }
        }
        return tokens
    }
}

/// A piece of a number format.
enum FormatToken: Equatable {
    case sign(Unicode.Scalar)
    /// Text in quotes or behind a backslash.
    case literal(String)
    /// A colour, a condition, a currency with its country, or a duration: `[Red]`, `[>9]`, `[$€-407]`, `[h]`.
    case bracket(String)

    /// The currency sign of a bracket.
    var currency: String? {
        guard case .bracket(let text) = self, text.hasPrefix("$") else { return nil }
        return String(text.dropFirst().prefix { $0 != "-" })
    }
}
