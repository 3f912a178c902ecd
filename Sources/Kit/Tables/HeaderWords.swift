import Support

/// The names of columns as people decorate them: with marks for what is needed, with units, currencies and the
/// language behind them. Used where a name is looked up among those that are known, never to tell one column from
/// another.
extension HeaderNames {
    /// The forms in which a name may be known, the nearest to what is written first: as it is compared; without any
    /// punctuation (`Art.-Nr.`, `SKU *`); without what is in brackets, where that is only a unit, a currency, a
    /// language or the like; and without such words at its ends (`Preis brutto EUR`).
    public static func looseForms(_ name: String) -> [String] {
        var forms = [normalised(name)]
        func add(_ form: String) { if !form.isEmpty, !forms.contains(form) { forms.append(form) } }
        add(plain(name))
        let (outer, inner) = brackets(name)
        guard inner.allSatisfy(isDecoration) else { return forms }
        add(plain(outer))
        var words = outer.caseFolded.unicodeScalars.split { !isLetter($0) && !isSign($0) }.map { String($0) }
        while words.count > 1, let last = words.last, isDecoration(last) {
            words.removeLast()
            add(plain(words.joined()))
        }
        while words.count > 1, let first = words.first, isDecoration(first) {
            words.removeFirst()
            add(plain(words.joined()))
        }
        return forms
    }

    /// Only letters, marks on them, and digits, folded.
    public static func plain(_ name: String) -> String {
        var scalars = String.UnicodeScalarView()
        // The Turkish I is written with and without its dot where case was changed by other languages' rules.
        for scalar in name.caseFolded.unicodeScalars where isLetter(scalar) {
            scalars.append(scalar == "\u{131}" ? "i" : scalar)
        }
        return String(scalars)
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return properties.isAlphabetic || properties.numericType != nil || properties.generalCategory == .nonspacingMark
    }

    /// `€`, `$`, `%`: a word of its own.
    private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .currencySymbol || scalar == "%"
    }

    /// What stands outside of brackets, and what in them.
    private static func brackets(_ name: String) -> (outer: String, inner: [String]) {
        var outer = String.UnicodeScalarView()
        var inner: [String.UnicodeScalarView] = []
        var depth = 0
        for scalar in name.unicodeScalars {
            switch scalar {
            case "(", "[", "{", "<", "（", "［", "【":
                depth += 1
                if depth == 1 { inner.append(String.UnicodeScalarView()) }
                outer.append(" ")
            case ")", "]", "}", ">", "）", "］", "】": depth = max(0, depth - 1)
            default: if depth > 0 { inner[inner.count - 1].append(scalar) } else { outer.append(scalar) }
            }
        }
        return (String(outer), inner.map { String($0) })
    }

    /// Whether a text says only in what a column is, or whether it is needed, never which one it is.
    private static func isDecoration(_ text: String) -> Bool {
        let words = text.caseFolded.unicodeScalars.split { !isLetter($0) && !isSign($0) }.map { String($0) }
        return words.allSatisfy { word in
            word.unicodeScalars.allSatisfy(isSign) || decorations.contains(ByteText(word))
        }
    }

    /// Currencies of ISO 4217 that shops use most, taxes included, "required" and "optional", languages, and what kind
    /// of text it is. Nothing that tells a price from another: `net`, `HT`, `EK`, `special`.
    private static let decorations: Set<ByteText> = {
        let words = """
            eur euro euros usd dollar dollars gbp chf pln zl zł czk kč huf ft ron lei bgn sek kr nok dkk isk uah грн \
            rub руб р try tl jpy yen 円 cny rmb 元 krw inr aud cad nzd brl mxn \
            brutto gross ttc tax incl inkl including vat mwst ust iva btw moms kdv ндс пдв vergi dahil 税込 \
            required mandatory optional pflicht pflichtfeld pflichtfelder erforderlich obligatoire facultatif \
            obligatorio obligatoria opcional obbligatorio facoltativo wymagane wymagany opcjonalne verplicht \
            optioneel obrigatório \
            обязательно обязательное zorunlu 必須 任意 必填 选填 \
            de en fr es it pl nl pt ru uk tr ja zh ger eng deutsch english englisch german français french \
            html text txt plain string max chars zeichen
            """
        return Set(words.split(separator: " ").map { ByteText(String($0).caseFolded) })
    }()
}
