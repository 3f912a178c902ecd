/// The encodings of the WHATWG Encoding Standard, named as it names them. Latin-1 is read as Windows-1252, which is
/// Latin-1 with letters and signs in place of control characters that no table means.
public enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    case windows1252 = "windows-1252"
    case windows1250 = "windows-1250"
    case windows1251 = "windows-1251"
    case windows1253 = "windows-1253"
    case windows1254 = "windows-1254"
    case windows1255 = "windows-1255"
    case windows1256 = "windows-1256"
    case windows1257 = "windows-1257"
    case windows1258 = "windows-1258"
    case windows874 = "windows-874"
    case iso8859n2 = "iso-8859-2"
    case iso8859n3 = "iso-8859-3"
    case iso8859n4 = "iso-8859-4"
    case iso8859n5 = "iso-8859-5"
    case iso8859n6 = "iso-8859-6"
    case iso8859n7 = "iso-8859-7"
    case iso8859n8 = "iso-8859-8"
    case iso8859n8i = "iso-8859-8-i"
    case iso8859n10 = "iso-8859-10"
    case iso8859n13 = "iso-8859-13"
    case iso8859n14 = "iso-8859-14"
    case iso8859n15 = "iso-8859-15"
    case iso8859n16 = "iso-8859-16"
    case ibm866
    case koi8R = "koi8-r"
    case koi8U = "koi8-u"
    case macintosh
    case macCyrillic = "x-mac-cyrillic"
    case gbk
    case gb18030
    case big5
    case eucJP = "euc-jp"
    case iso2022JP = "iso-2022-jp"
    case shiftJIS = "shift_jis"
    case eucKR = "euc-kr"
    case userDefined = "x-user-defined"
    /// Stands for encodings that no browser reads any more, because text in them can hide markup.
    case replacement

    /// Those that can be read, by name.
    public static let readable = allCases.filter { $0 != .replacement }

    /// For people: who writes it, and its name.
    public var title: String {
        switch self {
        case .utf8: "UTF-8"
        case .utf16LittleEndian: "UTF-16 (little-endian)"
        case .utf16BigEndian: "UTF-16 (big-endian)"
        default: region.map { "\(name) (\($0))" } ?? name
        }
    }

    /// For people who know languages rather than encodings: `Central European (Windows-1250)`.
    public var plainTitle: String {
        let region = self == .windows1252 ? "Western European" : region
        return region.map { "\($0.prefix(1).uppercased())\($0.dropFirst()) (\(name))" } ?? title
    }

    /// As it is usually written.
    private var name: String {
        switch self {
        case .macintosh: "Macintosh"
        case .macCyrillic: "Mac Cyrillic"
        case .shiftJIS: "Shift JIS"
        case .big5: "Big5"
        default: rawValue.hasPrefix("windows") ? "W\(rawValue.dropFirst())" : rawValue.uppercased()
        }
    }

    private var region: String? {
        switch self {
        case .windows1250, .iso8859n2: "Central European"
        case .windows1251, .iso8859n5, .ibm866, .koi8R: "Cyrillic"
        case .koi8U: "Ukrainian"
        case .windows1253, .iso8859n7: "Greek"
        case .windows1254: "Turkish"
        case .windows1255, .iso8859n8, .iso8859n8i: "Hebrew"
        case .windows1256, .iso8859n6: "Arabic"
        case .windows1257, .iso8859n4, .iso8859n13: "Baltic"
        case .windows1258: "Vietnamese"
        case .windows874: "Thai"
        case .iso8859n3: "Maltese, Esperanto"
        case .iso8859n10: "Nordic"
        case .iso8859n14: "Celtic"
        case .iso8859n15, .macintosh: "Western European"
        case .iso8859n16: "Romanian"
        case .gbk, .gb18030: "simplified Chinese"
        case .big5: "traditional Chinese"
        case .eucJP, .iso2022JP, .shiftJIS: "Japanese"
        case .eucKR: "Korean"
        case .utf8, .utf16LittleEndian, .utf16BigEndian, .windows1252, .macCyrillic, .userDefined, .replacement: nil
        }
    }

    /// Whether rows that fail are handed back in it; else they are in UTF-8.
    public var isWritten: Bool {
        switch self {
        case .utf8, .utf16LittleEndian, .utf16BigEndian, .windows1252: true
        default: false
        }
    }

    var byteOrderMark: [UInt8] {
        switch self {
        case .utf8: [0xEF, 0xBB, 0xBF]
        case .utf16LittleEndian: [0xFF, 0xFE]
        case .utf16BigEndian: [0xFE, 0xFF]
        default: []
        }
    }

    /// What the C library calls it, for those that it converts.
    var libraryName: String? {
        switch self {
        case .utf8, .utf16LittleEndian, .utf16BigEndian, .userDefined, .replacement: nil
        case .windows874: "CP874"
        case .iso8859n8i: "ISO-8859-8"
        case .macCyrillic: "MAC-CYRILLIC"
        case .gbk, .gb18030: "GB18030"
        case .big5: "BIG5-HKSCS"
        case .eucJP, .iso2022JP: "EUC-JP-MS"
        case .shiftJIS: "CP932"
        case .eucKR: "CP949"
        default: rawValue.hasPrefix("windows-") ? "CP\(rawValue.dropFirst(8))" : rawValue.uppercased()
        }
    }

    /// Whether it can be read, and on this machine: its C library may have been installed without some tables.
    var isReadable: Bool { isWritten || CharacterTable(self) != nil }

    /// Whether a byte is a character, whatever stands beside it.
    var isSingleByte: Bool {
        switch self {
        case .utf8, .utf16LittleEndian, .utf16BigEndian, .gbk, .gb18030, .big5, .eucJP, .iso2022JP, .shiftJIS, .eucKR,
            .replacement:
            false
        default: true
        }
    }
}
