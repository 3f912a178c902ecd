import Support

/// Rules of the world outside for short texts. What follows one is stored in one form, so that equal things are equal.
public enum TextFormat: Sendable, CaseIterable {
    /// An address of mail, folded.
    case email
    /// A country as ISO 3166-1 has it: `PT`. Its English name is understood too.
    case country
    /// A language as ISO 639-1 has it, with a country where that matters: `pt`, `pt-BR`.
    case language
    /// A number to call: digits, with `+` where it begins with the country's code.
    case phone

    /// Characters that somebody may write, blanks and signs between digits included.
    public var most: Int {
        switch self {
        case .email: EmailAddress.most
        case .country: 60
        case .language: 35
        case .phone: 40
        }
    }

    /// What it must be, to stand behind "must be".
    public var rule: String {
        switch self {
        case .email: "an address like name@example.com"
        case .country: "a country's code of two letters, like PT, or its English name"
        case .language: "a language's code of two letters, like pt or pt-BR"
        case .phone: "a number of 5 to 15 digits, like +351 21 000 0000"
        }
    }

    /// The one form; nil for what does not follow the rule.
    public func canonical(_ text: String) -> String? {
        let text = text.trimmed
        guard text.unicodeScalars.count <= most else { return nil }
        switch self {
        case .email:
            let folded = EmailAddress.folded(text)
            return EmailAddress.hasForm(folded) ? folded : nil
        case .country: return CountryCodes.code(text)
        case .language: return LanguageCodes.tag(text)
        case .phone: return Self.digits(text)
        }
    }

    /// A number without what people put between its digits; `00` stands for `+` as in most of the world.
    private static func digits(_ text: String) -> String? {
        var digits: [UInt8] = []
        var isInternational = false
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39: digits.append(byte)
            case UInt8(ascii: "+") where digits.isEmpty && !isInternational: isInternational = true
            case 0x20, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"):
                continue
            default: return nil
            }
        }
        if !isInternational, digits.starts(with: [0x30, 0x30]) {
            isInternational = true
            digits.removeFirst(2)
        }
        guard (5...15).contains(digits.count) else { return nil }
        return (isInternational ? "+" : "") + String(decoding: digits, as: UTF8.self)
    }
}
