extension TextEncoding {
    /// By any label of the WHATWG Encoding Standard or a usual name besides: `UTF-8`, `utf-16` (little-endian, as
    /// spreadsheets write it), `latin1`, `cp1250`, `sjis` … Case, spaces, `-` and `_` make no difference.
    public init?(name: String) {
        guard let found = Self.byLabel[Self.normalised(name)] else { return nil }
        self = found
    }

    private static func normalised(_ name: String) -> String {
        String(name.lowercased().filter { !"-_ \t\r\n".contains($0) })
    }

    private static let byLabel: [String: TextEncoding] = {
        var table: [String: TextEncoding] = [:]
        for encoding in allCases { table[normalised(encoding.rawValue)] = encoding }
        for (encoding, names) in labels {
            for name in names.split(separator: " ") { table[normalised(String(name))] = encoding }
        }
        return table
    }()

    /// Without each encoding's own name and without those that differ only in what is ignored. `replacement` stands for
    /// encodings that no browser reads any more, because text in them can hide markup.
    private static let labels: [(TextEncoding, String)] = [
        (.utf8, "unicode-1-1-utf-8 unicode20utf8 x-unicode20utf8"),
        (.ibm866, "866 cp866 csibm866"),
        (.iso8859n2, "csisolatin2 iso-ir-101 iso_8859-2:1987 l2 latin2"),
        (.iso8859n3, "csisolatin3 iso-ir-109 iso_8859-3:1988 l3 latin3"),
        (.iso8859n4, "csisolatin4 iso-ir-110 iso_8859-4:1988 l4 latin4"),
        (.iso8859n5, "csisolatincyrillic cyrillic iso-ir-144 iso_8859-5:1988"),
        (
            .iso8859n6,
            """
            arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e iso-8859-6-i iso-ir-127 \
            iso_8859-6:1987
            """
        ),
        (.iso8859n7, "csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso_8859-7:1987 sun_eu_greek"),
        (.iso8859n8, "csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 iso_8859-8:1988 visual"),
        (.iso8859n8i, "csiso88598i logical"),
        (.iso8859n10, "csisolatin6 iso-ir-157 l6 latin6"),
        (.iso8859n15, "csisolatin9 l9"),
        (.koi8R, "cskoi8r koi koi8"),
        (.koi8U, "koi8-ru"),
        (.macintosh, "csmacintosh mac x-mac-roman macroman"),
        (.windows874, "dos-874 iso-8859-11 tis-620 cp874"),
        (.windows1250, "cp1250 x-cp1250"),
        (.windows1251, "cp1251 x-cp1251"),
        (
            .windows1252,
            """
            ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso_8859-1:1987 l1 latin1 \
            us-ascii x-cp1252 ansi
            """
        ),
        (.windows1253, "cp1253 x-cp1253"),
        (.windows1254, "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso_8859-9:1989 l5 latin5 x-cp1254"),
        (.windows1255, "cp1255 x-cp1255"),
        (.windows1256, "cp1256 x-cp1256"),
        (.windows1257, "cp1257 x-cp1257"),
        (.windows1258, "cp1258 x-cp1258"),
        (.macCyrillic, "x-mac-ukrainian maccyrillic"),
        (.gbk, "chinese csgb2312 csiso58gb231280 gb2312 gb_2312-80 iso-ir-58 x-gbk cp936"),
        (.replacement, "csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr"),
        (.big5, "big5-hkscs cn-big5 csbig5 x-x-big5 cp950"),
        (.eucJP, "cseucpkdfmtjapanese x-euc-jp"),
        (.iso2022JP, "csiso2022jp"),
        (.shiftJIS, "csshiftjis ms932 ms_kanji sjis windows-31j x-sjis cp932"),
        (.eucKR, "cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 windows-949 cp949"),
        (.utf16BigEndian, "unicodefffe"),
        (.utf16LittleEndian, "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16"),
    ]
}
