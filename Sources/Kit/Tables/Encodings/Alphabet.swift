/// The letters beyond ASCII that a language is written with, all in small: what tells a word from another word in the
/// wrong letters.
struct Alphabet: Sendable {
    /// Whether it stands beside ASCII letters; a word in another script holds none.
    private let isLatin: Bool
    private let isWestern: Bool
    /// How many letters beyond ASCII stand in a row at most.
    private let longest: Int
    private let letters: Set<UInt32>

    private init(_ letters: String, isLatin: Bool = true, isWestern: Bool = false) {
        self.letters = Set(letters.unicodeScalars.map(\.value))
        self.isLatin = isLatin
        self.isWestern = isWestern
        longest = isWestern ? 2 : .max
    }

    /// Whether it has all letters of a word, which are in small.
    func has(_ word: [UInt32]) -> Bool {
        var inRow = 0
        for (index, letter) in word.enumerated() {
            guard letter > 0x7F else {
                guard isLatin else { return false }
                inRow = 0
                continue
            }
            inRow += 1
            guard inRow <= longest, letters.contains(letter) else { return false }
            let next = index + 1 < word.count ? word[index + 1] : nil
            if isWestern, !Self.hasItsPlace(letter, isFirst: index == 0, next) { return false }
        }
        return true
    }

    /// Where letters stand in Western words; in Turkish, Romanian, Hungarian, Croatian and Baltic ones that are read as
    /// Western they stand elsewhere as well.
    private static func hasItsPlace(_ letter: UInt32, isFirst: Bool, _ next: UInt32?) -> Bool {
        switch Unicode.Scalar(letter) {
        case "ð": !isFirst
        case "þ": next != nil
        case "æ": next.map(Self.notBehindAE.contains) != true
        case "õ": next == 0x65
        case "ã": next.map(Self.behindNasalA.contains) ?? true
        case "ç": next.map(Self.behindCedilla.contains) ?? true
        default: true
        }
    }

    private static let behindNasalA = Set("eosmz".unicodeScalars.map(\.value))
    private static let notBehindAE = Set("aou".unicodeScalars.map(\.value))
    private static let behindCedilla = Set("aouâãáàôõóúûs".unicodeScalars.map(\.value))

    private static func western(_ letters: String) -> Self { Self(letters, isWestern: true) }

    /// The languages that Windows-1252 is used for, with the letters of words that they borrow.
    static let western: [Self] = [
        western("äöüßéèêà"),  // German
        western("àâæçèéêëîïôœùûüÿ"),  // French
        western("áéíñóúü"),  // Spanish
        western("àèéìòù"),  // Italian
        western("áâãàçéêíóôõúü"),  // Portuguese
        western("àáâäçèéêëíïñóöúü"),  // Dutch
        western("åæøäöüàéèêòóôâ"),  // Danish and Norwegian
        western("åäöéüàè"),  // Swedish and Finnish
        western("áæéíðóöúýþ"),  // Icelandic
        western("àçèéíïòóúü"),  // Catalan
    ]

    private static let polish = Self("ąćęłńóśźż")
    private static let czech = Self("áčďéěíňóřšťúůýž")
    private static let slovak = Self("áäčďéíĺľňóôŕšťúýž")
    private static let hungarian = Self("áéíóöőúüű")
    private static let croatian = Self("čćđšž")
    private static let romanian = Self("ăâîșțşţ")
    private static let central = [polish, czech, slovak, hungarian, croatian, romanian]
    private static let turkish = Self("âçğıîöşûü\u{307}")
    private static let baltic = [Self("ąčęėįšųūž"), Self("āčēģīķļņšūž"), Self("äöõüšž")]
    private static let esperanto = Self("ĉĝĥĵŝŭ")
    private static let celtic = [Self("âêîôûŵŷäëïöüẅáéíóúẁ"), Self("áéíóúḃċḋḟġṁṗṡṫ")]
    private static let vietnamese = Self("ăâđêôơưàáèéìíòóùúýãõĩũ\u{300}\u{301}\u{303}\u{309}\u{323}")
    private static let greek = Self("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ", isLatin: false)
    private static let cyrillic = Self("абвгдежзийклмнопрстуфхцчшщъыьэюяёєіїґўђѓјљњћќџѕ", isLatin: false)
    private static let hebrew = Self("אבגדהוזחטיךכלםמןנסעףפץצקרשת", isLatin: false)
    private static let arabic = Self("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگک", isLatin: false)
    private static let thai = Self(
        String(String.UnicodeScalarView((0x0E01...0x0E4E).compactMap(Unicode.Scalar.init))),
        isLatin: false
    )

    /// Of the languages that an encoding of one byte a character was made for.
    static func of(_ encoding: TextEncoding) -> [Self] {
        switch encoding {
        case .windows1252, .iso8859n15, .macintosh: western
        case .windows1250, .iso8859n2, .iso8859n16: central
        case .windows1254: [turkish]
        case .windows1257, .iso8859n13, .iso8859n4, .iso8859n10: baltic
        case .iso8859n3: [esperanto]
        case .iso8859n14: celtic
        case .windows1258: [vietnamese]
        case .windows874: [thai]
        case .windows1253, .iso8859n7: [greek]
        case .windows1255, .iso8859n8, .iso8859n8i: [hebrew]
        case .windows1256, .iso8859n6: [arabic]
        case .windows1251, .iso8859n5, .macCyrillic, .koi8R, .koi8U, .ibm866: [cyrillic]
        default: []
        }
    }
}
