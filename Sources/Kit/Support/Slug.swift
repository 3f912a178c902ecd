/// The words of a text as they stand in addresses: lower-case letters and digits, with one separator between them.
/// Latin letters lose their marks, Greek and Cyrillic ones are written in Latin; `Rødvin & Öl` becomes `rodvin-ol`.
public enum Slug {
    /// - Parameters:
    ///   - most: Unicode scalars; a word is cut there.
    ///   - isASCII: whether letters and digits of other scripts are left out.
    /// - Returns: "" where nothing of the text can stand in one.
    public static func make(
        _ text: String,
        separator: Unicode.Scalar = "-",
        most: Int,
        isASCII: Bool = false
    ) -> String {
        var slug = String.UnicodeScalarView()
        var count = 0
        var isBetween = false
        func add(_ scalar: Unicode.Scalar) {
            if isASCII && !scalar.isASCII { return }
            let wanted = isBetween && !slug.isEmpty ? 2 : 1
            guard count + wanted <= most else { return }
            if wanted == 2 { slug.append(separator) }
            slug.append(scalar)
            count += wanted
            isBetween = false
        }
        // Decomposed again behind the folding, which puts letters together: what was made once is not made anew.
        for scalar in text.caseFolded.decomposed.caseFolded.decomposed.unicodeScalars {
            if let latin = latin[scalar] {
                latin.unicodeScalars.forEach(add)
            } else if scalar.properties.generalCategory.isMark {
                // Marks of Latin, Greek and Cyrillic letters; other scripts need theirs to be read.
                if scalar.value > 0x36F { add(scalar) }
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal {
                add(scalar)
            } else if scalar != "'" && scalar != "\u{2019}" {
                isBetween = true
            }
        }
        return String(slug)
    }

    private static let latin: [Unicode.Scalar: String] = [
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i",
        "ŋ": "n", "ŧ": "t", "ə": "e", "ĸ": "k",
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k",
        "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t",
        "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
        "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z",
        "и": "i", "і": "i", "ї": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
        "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
        "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "d",
        "џ": "dz",
    ]
}

extension Unicode.GeneralCategory {
    fileprivate var isMark: Bool { [.nonspacingMark, .spacingMark, .enclosingMark].contains(self) }
}
