import Support

/// A request's path as logs and process lists may show it: a link that lets in whoever has it carries its secret in
/// its address, which is left out, however the address is written.
public func loggedPath(_ path: String) -> String {
    let readable = (path.percentDecoded() ?? path).lowercased()
    if readable.contains(secretPathPrefix) { return "\(secretPathPrefix)-" }
    return holdsToken(readable) ? "/-" : path
}

/// Below it stand secrets.
public let secretPathPrefix = "/reset/"

/// What every secret of a token begins with.
public let tokenWord = "bodega_"
/// Random characters that must follow at least, before it is taken for one.
public let tokenLength = 20

/// A parameter of a query with one of these words in its name may hold a secret, whether it means anything here or not.
public let secretQueryWords = [
    "token", "ticket", "secret", "password", "passwd", "authorization", "bearer", "session", "apikey", "api_key",
    "api-key",
]

/// Whether an address, as it was sent, holds a secret in its path or its query. Such an address is not handed on.
public func holdsSecret(_ target: String) -> Bool {
    let mark = target.firstIndex(of: "?") ?? target.endIndex
    if loggedPath(String(target[..<mark])) != target[..<mark] { return true }
    return target[mark...].dropFirst().split(separator: "&").contains { pair in
        let readable = (String(pair).percentDecoded() ?? String(pair)).lowercased()
        let name = readable.prefix { $0 != "=" }
        return holdsToken(readable) || secretQueryWords.contains { name.contains($0) }
    }
}

/// - Parameter text: in lower case.
private func holdsToken(_ text: String) -> Bool {
    var rest = text[...]
    while let word = rest.firstRange(of: tokenWord) {
        rest = rest[word.upperBound...]
        let secret = rest.utf8.prefix { $0 == 0x2D || $0 == 0x5F || (0x30...0x39 ~= $0) || (0x61...0x7A ~= $0) }
        if secret.count >= tokenLength { return true }
    }
    return false
}
