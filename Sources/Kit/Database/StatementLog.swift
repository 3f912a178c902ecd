import Glibc
import Support
import Synchronization

/// Notes each statement that this process prepares, once, as a line of JSON in the file that `BODEGA_STATEMENTS` names:
/// the tests read them with the grammar of another engine. Without the variable every note is one comparison.
enum StatementLog {
    /// Open as long as the process lives; -1 for none.
    private static let file: Int32 =
        getenv("BODEGA_STATEMENTS").map {
            open($0, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
        } ?? -1

    private static let noted = Mutex<Set<String>>([])

    static func note(_ text: String) {
        guard file >= 0, noted.withLock({ $0.insert(text).inserted }) else { return }
        // One write(2) to a file opened with O_APPEND, so that processes do not write into each other's lines.
        let line = Array("\(JSON.string(text).text)\n".utf8)
        _ = line.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    }
}
