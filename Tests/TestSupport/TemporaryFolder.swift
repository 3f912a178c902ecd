import Glibc
import Support

/// Where tests keep their files: `TMPDIR`, which `deploy/test` points to memory where there is enough of it, else `/tmp`.
public let temporaryFolder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"

/// A folder that goes away with the value.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        path = "\(temporaryFolder)/bodega-test-\(getpid())-\(randomBytes(8).hex)"
        try Files.makeFolder(path)
    }

    deinit {
        remove(path)
    }

    /// The path of a file in it.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file.
    /// - Returns: its path.
    @discardableResult
    public func write(_ name: String, _ content: [UInt8]) throws -> String {
        try Files.replace(file(name), with: content)
        return file(name)
    }
}

/// A file, or a folder with all that is in it.
private func remove(_ path: String) {
    if unlink(path) == 0 { return }
    for name in Files.names(in: path) { remove("\(path)/\(name)") }
    rmdir(path)
}

/// The folder of public test data: `BODEGA_SHARED_DATA`, or `../shared/data` beside the checkout; nil when absent.
public let sharedData: String? = {
    let given = getenv("BODEGA_SHARED_DATA").map { String(cString: $0) }
    let folder = given ?? "../shared/data"
    return Files.exists(folder) ? folder : nil
}()

/// A program of this package, built beside the running tests.
public func builtProgram(_ name: String) throws -> String {
    guard let path = realpath("/proc/self/exe", nil) else { throw SystemError("find the test program") }
    defer { free(path) }
    let own = String(cString: path)
    let program = "\(own[..<(own.lastIndex(of: "/") ?? own.startIndex)])/\(name)"
    guard Files.exists(program) else { throw SystemError("find \(program)", code: ENOENT) }
    return program
}
