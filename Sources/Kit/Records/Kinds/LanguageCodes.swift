import Support

/// The languages of ISO 639-1.
enum LanguageCodes {
    /// `pt`, `pt-BR` as they are stored; nil for what is none. `_` is taken for `-`, as programs write it.
    static func tag(_ text: String) -> String? {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }
        guard let first = parts.first?.lowercased(), all.contains(first), parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return first }
        guard let country = CountryCodes.code(ofLetters: String(parts[1])) else { return nil }
        return "\(first)-\(country)"
    }

    private static let all = Set(text.split(whereSeparator: \.isWhitespace).map(String.init))

    private static let text = """
        aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
        dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id
        ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu
        lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu
        rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr
        ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
        """
}
