import Database
import Glibc
import Process
import Support
import TestSupport

/// A running `GateProbe` whose output goes to a file.
final class Probe {
    private let process: ChildProcess
    private let output: String

    /// - Parameter arguments: what, role and number; the database comes between.
    init(_ folder: TemporaryFolder, _ what: String, _ role: String = "interactive", _ number: Int = 0) throws {
        output = folder.file("probe-\(randomBytes(4).hex)")
        let file = try Files.open(output, O_WRONLY | O_CREAT | O_TRUNC)
        // The kernel sends a parent-death signal when the starting thread ends, and test threads come and go.
        process = try Spawn(
            executable: try builtProgram("GateProbe"),
            arguments: ["GateProbe", what, folder.file("test.db"), role, String(number)],
            descriptors: [Spawn.Inherited(file.raw, as: 1)],
            parentDeathSignal: nil
        ).start()
    }

    deinit {
        process.send(SIGCONT)
        process.send(SIGKILL)
        _ = process.wait(milliseconds: 5000)
    }

    func send(_ signal: Int32) { process.send(signal) }

    /// Waits until it has said the word.
    func waits(for word: String, milliseconds: Int = 10_000) throws -> Bool {
        let end = monotonicNanoseconds() + UInt64(milliseconds) * 1_000_000
        while monotonicNanoseconds() < end {
            if try said().hasPrefix(word) { return true }
            sleep(milliseconds: 5)
        }
        return false
    }

    func said() throws -> String { String(decoding: try Files.read(output), as: UTF8.self).trimmed }

    /// Waits for the end and reads its two words, the second a number.
    func answer(milliseconds: Int = 30_000) throws -> (word: String, number: Int) {
        guard process.wait(milliseconds: milliseconds) == .exited(0) else { return ("no answer", -1) }
        let parts = try said().split(separator: " ").map(String.init)
        return (parts.first ?? "", parts.count > 1 ? Int(parts[1]) ?? -1 : -1)
    }
}

/// A database file with one table, open for the test itself.
func noteDatabase(_ folder: TemporaryFolder) throws -> Connection {
    let connection = try Connection(path: folder.file("test.db"), role: .web)
    try connection.write { try connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT) STRICT") }
    return connection
}

func integrity(_ connection: Connection) throws -> String? {
    try connection.first("PRAGMA integrity_check") { row in row.text(0) }
}
