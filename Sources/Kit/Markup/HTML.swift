/// Markup that is safe to send: a literal is trusted, every interpolated value is escaped.
///
/// `"<p>\(name)</p>"` escapes `name` (all five characters, so it is safe in an attribute in quotes as well).
/// `HTML`, `HTML?` and `[HTML]` are inserted as they are, so views compose. `\(raw:)` is the loud exception and
/// carries a reason beside it.
public struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// The markup itself.
    public private(set) var text: String

    public init(stringLiteral value: String) {
        text = value
    }

    public init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
    }

    /// Text, escaped.
    public init(escaping value: String) {
        text = ""
        HTML.escape(value, into: &text)
    }

    public static func += (left: inout HTML, right: HTML) {
        left.text += right.text
    }

    /// Nothing.
    public static let empty: HTML = ""

    static func escape(_ value: String, into out: inout String) {
        var copy = value
        copy.withUTF8 { bytes in
            var start = 0
            for (index, byte) in bytes.enumerated() {
                let replacement: StaticString
                switch byte {
                case 0x26: replacement = "&amp;"
                case 0x3C: replacement = "&lt;"
                case 0x3E: replacement = "&gt;"
                case 0x22: replacement = "&quot;"
                case 0x27: replacement = "&#39;"
                default: continue
                }
                out += String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<index]), as: UTF8.self)
                out += "\(replacement)"
                start = index + 1
            }
            out += String(decoding: UnsafeBufferPointer(rebasing: bytes[start...]), as: UTF8.self)
        }
    }

    /// Collects the parts of an interpolated literal.
    public struct Interpolation: StringInterpolationProtocol {
        var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        public mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        public mutating func appendInterpolation(_ html: HTML) {
            text += html.text
        }

        public mutating func appendInterpolation(_ html: HTML?) {
            text += html?.text ?? ""
        }

        public mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { text += part.text }
        }

        // Disfavoured, so that a literal in `\(condition ? "<b>" : "")` is markup while every variable is escaped.
        @_disfavoredOverload
        public mutating func appendInterpolation(_ value: String) {
            HTML.escape(value, into: &text)
        }

        @_disfavoredOverload
        public mutating func appendInterpolation(_ value: String?) {
            HTML.escape(value ?? "", into: &text)
        }

        @_disfavoredOverload
        public mutating func appendInterpolation(_ value: some BinaryInteger) {
            text += String(value)
        }

        /// Nothing or the markup.
        public mutating func appendInterpolation(if condition: Bool, _ html: @autoclosure () -> HTML) {
            if condition { text += html().text }
        }

        /// The markup of each element, one after the other.
        public mutating func appendInterpolation<Element>(each elements: [Element], _ body: (Element) -> HTML) {
            for element in elements { text += body(element).text }
        }

        /// Markup from elsewhere, unescaped. Say in a comment why it is safe.
        public mutating func appendInterpolation(raw markup: String) {
            text += markup
        }
    }
}

extension Sequence where Element == HTML {
    /// All parts, with a separator between them.
    public func joined(separator: HTML = "") -> HTML {
        var result = HTML.empty
        var first = true
        for part in self {
            if !first { result += separator }
            result += part
            first = false
        }
        return result
    }
}
