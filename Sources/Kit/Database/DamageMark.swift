import Glibc
public import Support

/// A file beside a database that says that a damaged page was met in it. A file, because a damaged database may not
/// take a row; it stands until a check has found nothing.
public struct DamageMark: Sendable {
    public enum State: String, Sendable {
        /// A statement met it; the whole file was not checked yet.
        case suspected
        /// A check has found it.
        case confirmed
    }

    /// What the file says.
    public struct Content: Sendable, Equatable {
        public var state: State
        /// What SQLite said: for the log, not for everybody.
        public var detail: String
    }

    private let path: String

    /// - Parameter database: the database's file.
    public init(database: String) {
        path = "\(database)-damaged"
    }

    /// Nil when nothing is known to be damaged.
    public func read() -> Content? {
        guard let bytes = try? Files.read(path, limit: 1 << 20) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 1)
        // A mark that cannot be read is one.
        return Content(
            state: parts.first.flatMap { State(rawValue: String($0)) } ?? .suspected,
            detail: parts.count > 1 ? String(parts[1]).trimmed : ""
        )
    }

    /// Notes that a statement met a damaged page; what is noted already stays. Where even this file cannot be written
    /// the error of the statement is all that is left.
    func suspect(_ detail: String) {
        guard !Files.exists(path),
            let file = try? Files.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: DatabaseFiles.mode)
        else { return }
        try? Files.writeAll(Self.bytes(.suspected, detail), to: file.raw, path)
        _ = fsync(file.raw)
    }

    /// Notes what a check has found.
    public func confirm(_ detail: String) throws(SystemError) {
        try Files.replace(path, with: Self.bytes(.confirmed, detail), mode: DatabaseFiles.mode)
    }

    /// A check has found nothing.
    public func clear() throws(SystemError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw SystemError("remove \(path)") }
    }

    private static func bytes(_ state: State, _ detail: String) -> [UInt8] {
        Array("\(state.rawValue)\n\(detail)\n".utf8)
    }
}

extension Connection {
    /// What is known of damage in this database's file.
    public var damage: DamageMark.Content? { gate == nil ? nil : DamageMark(database: path).read() }

    /// Looks through the whole file: every page, but not whether indexes hold what their tables hold. Reads about as
    /// fast as the disk; the write-ahead log cannot be reset meanwhile.
    /// - Parameter limit: how many faults are told.
    /// - Returns: what is wrong, in SQLite's words; empty when nothing is.
    public func quickCheck(limit: Int = 20) throws(DatabaseError) -> [String] {
        do {
            let found = try all("PRAGMA main.quick_check(\(raw: String(limit)))") { row in row.text(0) }
            return found == ["ok"] ? [] : found
        } catch  where error.isDamage {
            return [error.message]
        }
    }
}
