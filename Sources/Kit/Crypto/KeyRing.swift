import Glibc
public import Support

/// A key that secrets are sealed with, and a short name by which sealed values know it.
public struct SealingKey: Sendable, Equatable {
    public let id: String
    let bytes: [UInt8]

    static func make() -> SealingKey { SealingKey(id: randomBytes(4).hex, bytes: randomBytes(32)) }
}

/// The file with the keys that secrets are sealed with: a line each, its id and 32 bytes as base64url, the one in use
/// last. Earlier ones stay as long as something is sealed with them, so a change of keys may stop anywhere.
public struct KeyRing: Sendable, Equatable {
    public let path: String
    /// Never empty.
    public let keys: [SealingKey]
    /// Seals what is new.
    public let active: SealingKey

    private init?(path: String, keys: [SealingKey]) {
        guard let last = keys.last else { return nil }
        self.path = path
        self.keys = keys
        active = last
    }

    /// Reads the file; makes it, with a first key, when it is not there.
    ///
    /// Throws when it cannot be read, when others may read it, or when it holds something else.
    public static func open(_ path: String) throws -> KeyRing {
        if !Files.exists(path) { try make(path) }
        var info = stat()
        guard stat(path, &info) == 0 else { throw SystemError("open \(path)") }
        guard info.st_mode & 0o077 == 0 else {
            throw CryptoError("others may read \(path): take their rights away with 'chmod 600'")
        }
        let text = String(decoding: try Files.read(path, limit: 1 << 20), as: UTF8.self)
        var keys: [SealingKey] = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count == 2, let bytes = String(parts[1]).base64URLDecoded(), bytes.count == 32 else {
                throw CryptoError("\(path) is not a file of keys")
            }
            keys.append(SealingKey(id: String(parts[0]), bytes: bytes))
        }
        guard let ring = KeyRing(path: path, keys: keys) else { throw CryptoError("\(path) holds no key") }
        return ring
    }

    /// With a new key at the end, on disk when this returns.
    public func addingKey() throws(SystemError) -> KeyRing { try saved(keys + [.make()]) }

    /// Without the keys that nothing is sealed with any more, on disk when this returns. The active one stays.
    public func keeping(_ used: Set<String>) throws(SystemError) -> KeyRing {
        let kept = keys.filter { $0 == active || used.contains($0.id) }
        return kept == keys ? self : try saved(kept)
    }

    private func saved(_ keys: [SealingKey]) throws(SystemError) -> KeyRing {
        try Files.replace(path, with: Self.content(keys), mode: 0o600)
        return KeyRing(path: path, keys: keys) ?? self
    }

    /// A file that appears whole, or is somebody else's who was quicker.
    private static func make(_ path: String) throws(SystemError) {
        let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
        if !folder.isEmpty { try Files.makeFolder(folder, mode: 0o700) }
        let file = try FileReplacement(path, mode: 0o600)
        try Files.writeAll(content([.make()]), to: file.descriptor, path)
        try file.sync()
        try file.placeIfMissing()
    }

    private static func content(_ keys: [SealingKey]) -> [UInt8] {
        Array(keys.map { "\($0.id) \($0.bytes.base64URL)\n" }.joined().utf8)
    }
}
