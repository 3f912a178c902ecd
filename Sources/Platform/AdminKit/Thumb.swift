package import Markup

/// Where a product's picture stands; as long as it has none, two initials on one of eight grounds, always the same one
/// for a name.
package enum Thumb {
    /// - Parameters:
    ///   - picture: its path, where there is one. What it shows stands beside it in words.
    ///   - isLarge: for the page of one product instead of a line of a list.
    package static func html(_ name: String, picture: String? = nil, isLarge: Bool = false) -> HTML {
        if let picture {
            return """
                <span class="thumb\(if: isLarge, " large")" aria-hidden="true">\
                <img src="\(picture)" alt="" loading="lazy" width="28" height="28"></span>
                """
        }
        return """
            <span class="thumb h\(ground(of: name))\(if: isLarge, " large")" aria-hidden="true">\
            \(initials(of: name))</span>
            """
    }

    /// The first letters of its first two words that begin with a letter or a digit.
    static func initials(of name: String) -> String {
        let words = name.split { !$0.isLetter && !$0.isNumber }
        guard let first = words.first?.first else { return "–" }
        let second = words.dropFirst().first { $0.first?.isLetter == true }?.first
        return (String(first) + (second.map(String.init) ?? "")).uppercased()
    }

    /// 0-7, by FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) over the name's bytes: the same in each process.
    static func ground(of name: String) -> Int {
        let hash = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return Int((hash ^ hash >> 16) & 7)
    }
}
