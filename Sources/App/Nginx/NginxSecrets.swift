import Support
import Web

/// Secrets in addresses: nginx's logs leave them out, however the address is written.
extension NginxConfiguration {
    /// `$bodega_logged_uri` is the address as the access log shows it; `$bodega_quiet` the location of a request whose
    /// address holds a secret in its query. nginx writes whole addresses to its error log, which no setting changes, so
    /// that location writes none. Streams have a quiet one of their own: tickets belong into their addresses.
    var secretMaps: String {
        """
        map $request_uri $bodega_logged_uri {
            default $request_uri;
            "~*\(Self.secretAddress)" \(secretPathPrefix)-;
            "~*\(Self.secretPath)" /-;
            "~*\(Self.secretQuery)" "$bodega_before_query?-";
        }
        map "$bodega_pool $request_uri" $bodega_quiet {
            default "";
            "~^(events|export) " "";
            "~^secret_" "";
            "~*^[a-z_]+ \(Self.secretQuery.dropFirst())" secret_web;
        }
        """
    }

    /// Matches an address of a one-time link.
    static let secretAddress = encoded(secretPathPrefix)

    /// Matches a path with a token in it.
    static let secretPath = "^[^?]*\(encoded(tokenWord))[a-z0-9_%-]{\(tokenLength),}"

    /// Matches an address with a secret in its query, and names what stands before that.
    static let secretQuery: String = {
        let words = secretQueryWords.map(encoded).joined(separator: "|")
        let token = "\(encoded(tokenWord))[a-z0-9_%-]{\(tokenLength),}"
        return "^(?<bodega_before_query>[^?]*)[?](.*\(token)|(.*&)?[^=&]*(\(words)))"
    }()

    /// Matches a text, percent-encoded as it may be: each byte as itself or by its number.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isLetter = byte >= 0x61 && byte <= 0x7A
            // Letters in both cases: 0x20 is the difference.
            let codes = [[byte].hex] + (isLetter ? [[byte - 0x20].hex] : [])
            return "(\(Character(Unicode.Scalar(byte)))|%(\(codes.joined(separator: "|"))))"
        }.joined()
    }
}
