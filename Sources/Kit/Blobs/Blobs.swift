import Crypto
public import Database
import Glibc
public import Support

/// Files by the SHA-256 of their content, each once however often it is used. What is there never changes.
///
/// A file is written beside its place, brought to the disk and renamed, so that whoever finds one finds all of it.
/// What is made of a file (a smaller picture) stands beside it under its name and a suffix, and goes with it. Which
/// files are used the database knows: see `BlobStore`.
public struct Blobs: Sendable {
    /// Where nginx serves them, to be named in an internal redirect only.
    private static let served = "/internal/blobs"
    private let folder: String

    /// - Parameter folder: made when something is written.
    public init(folder: String) {
        self.folder = folder
    }

    /// The name of some bytes: 64 hexadecimal digits.
    public static func name(of bytes: [UInt8]) -> String { SHA256.hash(bytes).hex }

    /// Whether a text can be the name of a file.
    public static func isName(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }

    /// Keeps bytes; does nothing when they are there. On the disk before this returns.
    /// - Returns: their name.
    @discardableResult
    public func put(_ bytes: [UInt8]) throws(SystemError) -> String {
        let name = Self.name(of: bytes)
        try write(bytes, path(name))
        return name
    }

    /// Keeps what was made of a file.
    /// - Parameter suffix: of letters, digits, `-` and `.`, as `-96.webp`.
    public func put(_ bytes: [UInt8], madeOf name: String, _ suffix: String) throws(SystemError) {
        try write(bytes, path(name, suffix))
    }

    private func write(_ bytes: [UInt8], _ path: String) throws(SystemError) {
        if Files.size(path) == Int64(bytes.count) { return }
        try Files.makeFolder(folder(of: path))
        try Files.replace(path, with: bytes)
    }

    public func has(_ name: String, _ suffix: String = "") -> Bool { Files.exists(path(name, suffix)) }

    /// Bytes of a file; nil when it is not there.
    public func size(_ name: String) -> Int64? { Files.size(path(name)) }

    /// The whole content. Throws when it is not there.
    public func read(_ name: String) throws(SystemError) -> [UInt8] { try Files.read(path(name)) }

    /// Whether a file holds what its name says. Throws when it cannot be read.
    public func isSound(_ name: String) throws(SystemError) -> Bool { try SHA256.hash(file: path(name)).hex == name }

    /// The address under which nginx hands a file out.
    public func address(_ name: String, _ suffix: String = "") -> String {
        "\(Self.served)/\(name.prefix(2))/\(name)\(suffix)"
    }

    /// Removes a file and all that was made of it; does nothing when it is not there.
    public func remove(_ name: String) throws(SystemError) {
        let folder = folder(of: path(name))
        // The file itself last: as long as it is there its name is found.
        for file in Files.names(in: folder).reversed() where file.hasPrefix(name) {
            let path = "\(folder)/\(file)"
            guard unlink(path) == 0 || errno == ENOENT else { throw SystemError("remove \(path)") }
        }
    }

    /// The names of all files that are there, and of those of which only something made is left, in order.
    public func names() -> [String] {
        Files.names(in: folder).filter { $0.utf8.count == 2 }.flatMap { part in
            Set(Files.names(in: "\(folder)/\(part)").map { String($0.prefix(64)) }.filter(Self.isName)).sorted()
        }
    }

    /// When a file, or something that was made of it, was written last: what is made of it may be there first. Nil when
    /// nothing is there.
    public func written(_ name: String) -> Timestamp? {
        let folder = folder(of: path(name))
        return Files.names(in: folder).filter { $0.hasPrefix(name) }.compactMap { Files.changed("\(folder)/\($0)") }
            .max()
    }

    /// Removes what writers that were killed have left.
    public func removeLeftovers() {
        for part in Files.names(in: folder) { FileReplacement.removeLeftovers(in: "\(folder)/\(part)") }
    }

    private func path(_ name: String, _ suffix: String = "") -> String {
        "\(folder)/\(name.prefix(2))/\(name)\(suffix)"
    }

    private func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? folder
    }
}

extension Blobs {
    /// Those of the data folder in which a database stands.
    public init(besides connection: Connection) {
        self.init(folder: "\(connection.folder)/blobs")
    }
}
