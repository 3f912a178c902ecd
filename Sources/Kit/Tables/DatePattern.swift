/// A format for dates and times: `dd.mm.yyyy hh:mm`, `[h]:mm:ss`, `d-mmm-yy h:mm AM/PM`.
struct DatePattern: Equatable {
    private enum Piece: Equatable {
        case year(Int), month(Int), day(Int), hour(Int), minute(Int), second(Int)
        /// Digits of a second behind its point.
        case fraction(Int)
        case elapsedHours(Int), elapsedMinutes(Int), elapsedSeconds(Int)
        case noon(short: Bool)
        case text(String)
    }

    private var pieces: [Piece] = []
    /// No fraction of a second is shown.
    let roundsToSeconds: Bool

    /// nil when the section holds no part of a date or time.
    init?(_ section: [FormatToken]) {
        var pieces: [Piece] = []
        var index = 0
        while index < section.count {
            switch section[index] {
            case .literal(let text): pieces.append(.text(text))
            case .bracket(let text):
                if let piece = Self.elapsed(text) {
                    pieces.append(piece)
                } else if let currency = section[index].currency, !currency.isEmpty {
                    pieces.append(.text(currency))
                }
            case .sign(let sign):
                if let noon = Self.noon(section, index) {
                    pieces.append(noon.piece)
                    index += noon.length
                    continue
                }
                let letter = Self.lowercase(sign)
                var length = 1
                while index + length < section.count, case .sign(let next) = section[index + length],
                    Self.lowercase(next) == letter
                {
                    length += 1
                }
                guard let piece = Self.piece(letter, length, after: pieces.last) else { return nil }
                pieces.append(piece)
                index += length
                continue
            }
            index += 1
        }
        self.pieces = Self.withMinutes(pieces)
        roundsToSeconds = !pieces.contains { if case .fraction = $0 { true } else { false } }
        // A point and zeros alone are a number.
        let isTime = pieces.contains { piece in
            switch piece {
            case .text, .fraction, .noon: false
            default: true
            }
        }
        if !isTime { return nil }
    }

    private static func lowercase(_ sign: Unicode.Scalar) -> Unicode.Scalar {
        sign.properties.lowercaseMapping.unicodeScalars.first ?? sign
    }

    /// nil for a letter or a placeholder that belongs to no date.
    private static func piece(_ letter: Unicode.Scalar, _ length: Int, after last: Piece?) -> Piece? {
        switch letter {
        case "y", "e": return .year(letter == "e" ? 4 : length)
        case "m": return .month(length)
        case "d": return .day(length)
        case "h": return .hour(length)
        case "s": return .second(length)
        case "0":
            guard case .text(".") = last else { return nil }
            return .fraction(length)
        case "#", "?", "@", "%": return nil
        case let letter where letter.properties.isAlphabetic && letter.value < 0x80: return nil
        default: return .text(String(repeating: String(letter), count: length))
        }
    }

    private static func elapsed(_ text: String) -> Piece? {
        guard let first = text.lowercased().first, text.lowercased().allSatisfy({ $0 == first }) else { return nil }
        switch first {
        case "h": return .elapsedHours(text.count)
        case "m": return .elapsedMinutes(text.count)
        case "s": return .elapsedSeconds(text.count)
        default: return nil
        }
    }

    private static func noon(_ section: [FormatToken], _ index: Int) -> (piece: Piece, length: Int)? {
        for (word, short) in [("am/pm", false), ("a/p", true)] {
            let letters = Array(word.unicodeScalars)
            guard index + letters.count <= section.count else { continue }
            let matches = letters.indices.allSatisfy { place in
                guard case .sign(let sign) = section[index + place] else { return false }
                return lowercase(sign) == letters[place]
            }
            if matches { return (.noon(short: short), letters.count) }
        }
        return nil
    }

    /// One or two m are minutes behind hours and before seconds, months elsewhere.
    private static func withMinutes(_ pieces: [Piece]) -> [Piece] {
        var result = pieces
        let parts = pieces.indices.filter { index in if case .text = pieces[index] { false } else { true } }
        for (order, index) in parts.enumerated() {
            guard case .month(let length) = pieces[index], length <= 2 else { continue }
            var isMinute = false
            if order > 0 {
                switch pieces[parts[order - 1]] {
                case .hour, .elapsedHours: isMinute = true
                default: break
                }
            }
            if order + 1 < parts.count, case .second = pieces[parts[order + 1]] { isMinute = true }
            if isMinute { result[index] = .minute(length) }
        }
        return result
    }

    func text(_ time: SerialTime) -> String {
        let usesNoon = pieces.contains { if case .noon = $0 { true } else { false } }
        return pieces.map { show($0, time, usesNoon) }.joined().trimmedBlanks
    }

    private func show(_ piece: Piece, _ time: SerialTime, _ usesNoon: Bool) -> String {
        switch piece {
        case .text(let text): return text
        case .year(let length): return length <= 2 ? padded(time.year % 100, 2) : padded(time.year, 4)
        case .month(let length): return name(length, time.month, of: months)
        case .day(let length): return length <= 2 ? padded(time.day, length) : name(length, time.weekday, of: weekdays)
        case .hour(let length):
            let hour = usesNoon ? (time.hour + 11) % 12 + 1 : time.hour
            return padded(hour, min(2, length))
        case .minute(let length): return padded(time.minute, min(2, length))
        case .second(let length): return padded(time.second, min(2, length))
        case .fraction(let length):
            var scale = 1
            for _ in 0..<max(0, 3 - length) { scale *= 10 }
            return padded(time.millisecond / scale, min(3, length))
        case .elapsedHours(let length): return padded(time.elapsedSeconds / 3600, length)
        case .elapsedMinutes(let length): return padded(time.elapsedSeconds / 60, length)
        case .elapsedSeconds(let length): return padded(time.elapsedSeconds, length)
        case .noon(let short):
            let word = time.hour < 12 ? "AM" : "PM"
            return short ? String(word.prefix(1)) : word
        }
    }

    private func name(_ length: Int, _ number: Int, of names: [String]) -> String {
        if length <= 2 { return padded(number, length) }
        let name = names[(number - 1) % names.count]
        return length == 3 ? String(name.prefix(3)) : length == 5 ? String(name.prefix(1)) : name
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, min(width, 20) - text.count)) + text
    }
}

private let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]
private let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

extension String {
    fileprivate var trimmedBlanks: String {
        var scalars = unicodeScalars[...]
        while scalars.first == " " { scalars.removeFirst() }
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }
}
