import Support
import Web

/// Secrets in addresses: nginx's logs leave them out, however the address is written.
///
/// Anybody may send an address of many kilobytes, so each expression looks at a place of it a bounded number of times.
extension NginxConfiguration {
    /// `$bodega_logged_uri` is the address as the access log shows it; `$bodega_quiet` what stands before the location
    /// of a request whose address holds a secret.
    var secretMaps: String {
        """
        map $request_uri $bodega_logged_uri {
            default $request_uri;
            "~*\(Self.secretAddress)" \(secretPathPrefix)-;
            "~*\(Self.secretPath)" /-;
            "~*\(Self.secretQuery)" "$bodega_before_query?-";
            "~*\(Self.secretName)" "$bodega_before_query?-";
            "~*\(Self.personalQuery)" "$bodega_before_query?-";
        }
        # Looked for once.
        map $bodega_logged_uri $bodega_quiet {
            default "";
            "~[/?]-$" \(Self.quietPrefix);
        }
        """
    }

    /// The names of the locations for addresses with a secret begin with it.
    static let quietPrefix = "quiet_"

    /// What belongs to an address with a secret in it: nginx writes whole addresses to its error log, which no setting
    /// changes, so it writes nothing. The worker's own lines say what went wrong.
    var quiet: String { "error_log /dev/null crit;" }

    /// Matches an address of a one-time link, also one in the value of a parameter.
    static let secretAddress = encoded(anyOf: [secretPathPrefix])

    /// Matches a path with a token in it.
    static let secretPath = "^[^?]*\(token)"

    /// Matches an address with a secret in its query, and names what stands before that.
    static let secretQuery = "\(beforeQuery)[?].*(?:\(encoded(anyOf: secretQueryWords))[^=&]{0,32}\(equals)|\(token))"

    /// The same for the words that are looked for as whole names, or as parts of them.
    static let secretName: String = {
        let parts = "(?:[a-z0-9_-]{0,32}[_-])?\(encoded(anyOf: secretQueryParts))(?:[_-][a-z0-9_-]{0,32})?"
        return "\(beforeQuery)(?=[?]).*\(encoded(anyOf: ["?", "&"]))"
            + "(?:\(encoded(anyOf: secretQueryNames))|\(parts))\(equals)"
    }()

    /// Matches the query of an address below which people are looked for by name, e-mail, telephone or address.
    static let personalQuery = "^(?<bodega_before_query>\(encoded(anyOf: personalPaths))[^?]*+)[?]"

    private static let personalPaths = ["/customers", "/api/customers", "/search"]

    private static let beforeQuery = "^(?<bodega_before_query>[^?]*+)"
    private static let token = "\(encoded(anyOf: [tokenWord]))[a-z0-9_%-]{\(tokenLength)}"
    private static let equals = encoded(anyOf: ["="])

    /// Matches any of the words, percent-encoded as they may be, also several times: each byte as itself or by its
    /// number. What they have in common is looked at once.
    private static func encoded(anyOf words: [String]) -> String { encoded(words.map { Array($0.utf8)[...] }) }

    private static func encoded(_ words: [ArraySlice<UInt8>]) -> String {
        guard words.allSatisfy({ !$0.isEmpty }) else { return "" }
        let byFirst = Dictionary(grouping: words) { $0[$0.startIndex] }.sorted { $0.key < $1.key }
        let branches = byFirst.map { byte, words in encoded(byte) + encoded(words.map { $0.dropFirst() }) }
        return branches.count == 1 ? branches[0] : "(?:\(branches.joined(separator: "|")))"
    }

    private static func encoded(_ byte: UInt8) -> String {
        let isLetter = 0x61...0x7A ~= byte
        // Letters in both cases: 0x20 is the difference.
        let digit = isLetter ? "[\(byte / 16 - 2)\(byte / 16)]" : "\(byte / 16)"
        return "(?:[\(Character(Unicode.Scalar(byte)))]|%(?:25){0,3}\(digit)\([byte].hex.suffix(1)))"
    }
}
