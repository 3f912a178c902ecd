extension String {
    /// Appends the text in quotes, as JSON has it, in plain sight: besides what JSON escapes also the other characters
    /// that a terminal obeys, that reorder what is read, or that break a line.
    /// - Parameter most: so many bytes at most between the quotes; the end of a longer text is an ellipsis.
    func appendQuoted(to out: inout [UInt8], most: Int) {
        out.append(0x22)
        let start = out.count
        for scalar in unicodeScalars {
            let mark = out.count
            switch scalar.value {
            case 0x22, 0x5C: out += [0x5C, UInt8(scalar.value)]
            case 0x0A: out += [0x5C, 0x6E]
            case 0x0D: out += [0x5C, 0x72]
            case 0x09: out += [0x5C, 0x74]
            case _ where scalar.isUnseemly: out += scalar.escape.utf8
            default: out += UTF8.encode(scalar).map { Array($0) } ?? []
            }
            guard out.count - start <= most else {
                out.removeSubrange(mark...)
                out += "…".utf8
                break
            }
        }
        out.append(0x22)
    }

    /// The text with what a terminal or a reader's eye would obey written out: a stored text is safe to print.
    public var withVisibleControls: String {
        guard unicodeScalars.contains(where: \.isUnseemly) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default: if scalar.isUnseemly { text += scalar.escape } else { text.unicodeScalars.append(scalar) }
            }
        }
        return text
    }

    /// The text without what lets in whoever has it: API tokens, and what stands behind a link for a new password. Not
    /// the first guard (nothing hands secrets to a log), but the one that also sees texts from elsewhere.
    var withoutSecrets: String {
        let bytes = Array(utf8)
        var out: [UInt8] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == 0x62 || byte == 0x2F,
                let mark = Self.secretMarks.first(where: { bytes[index...].starts(with: $0.mark) })
            else {
                index += 1
                continue
            }
            let begin = index + mark.mark.count
            let end = bytes[begin...].firstIndex { !Self.isOfToken($0) } ?? bytes.endIndex
            index = end
            guard end - begin >= mark.least else { continue }
            out += bytes[start..<begin] + Array("…".utf8)
            start = end
        }
        return start == 0 ? self : String(decoding: out + bytes[start...], as: UTF8.self)
    }

    private static let secretMarks = [
        (mark: Array("bodega_".utf8), least: 20), (mark: Array("/reset/".utf8), least: 2),
    ]

    private static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }
}

extension Unicode.Scalar {
    /// Controls (C0, DEL, C1), marks that change the direction of writing, and separators of lines.
    fileprivate var isUnseemly: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    /// `\u001b`.
    fileprivate var escape: String {
        let digits = String(value, radix: 16)
        return "\\u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)"
    }
}
