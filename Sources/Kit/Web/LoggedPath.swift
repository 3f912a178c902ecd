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
/// The same, for words that stand in harmless names too (`author`): the name must be one, or have one between `_` or
/// `-`.
public let secretQueryParts = ["auth", "jwt", "pw"]
/// The same, for words that are a part of harmless names (`sort_key`).
public let secretQueryNames = ["code", "key"]

/// Whether an address, as it was sent, holds a secret in its path or its query. Such an address is not handed on.
public func holdsSecret(_ target: String) -> Bool {
    let mark = target.firstIndex(of: "?") ?? target.endIndex
    if loggedPath(String(target[..<mark])) != target[..<mark] { return true }
    return target[mark...].dropFirst().split(separator: "&").contains { pair in
        let readable = fullyDecoded(String(pair)).lowercased()
        let name = readable.prefix { $0 != "=" }
        return holdsToken(readable) || readable.contains(secretPathPrefix)
            || secretQueryWords.contains { name.contains($0) } || namesSecret(readable)
    }
}

/// Whether a secret's name stands before a `=`: an address in the value of a parameter has parameters of its own.
private func namesSecret(_ text: String) -> Bool {
    text.split(separator: "=", omittingEmptySubsequences: false).dropLast().contains { before in
        let name = before.suffix(while: { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
        return secretQueryWords.contains { name.contains($0) } || secretQueryNames.contains(String(name))
            || name.split { $0 == "_" || $0 == "-" }.contains { secretQueryParts.contains(String($0)) }
    }
}

/// The text as the last of several readers would see it.
private func fullyDecoded(_ text: String) -> String {
    var text = text
    for _ in 0..<4 {
        guard text.contains("%"), let next = text.percentDecoded() else { break }
        text = next
    }
    return text
}

extension Substring {
    fileprivate func suffix(while isPart: (Character) -> Bool) -> Substring {
        self[(lastIndex { !isPart($0) }.map { index(after: $0) } ?? startIndex)...]
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
