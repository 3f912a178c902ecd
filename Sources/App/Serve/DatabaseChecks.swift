import Database
import Glibc
import Process
import Support

/// Runs `bodega check` beside everything else: after a start with a database that may have been copied while it was
/// written, or put back beside a log that is not its own, and whenever a process has met a damaged page.
final class DatabaseChecks {
    private let settings: Settings
    private let log: Log
    private let mark: DamageMark
    private let place: FolderPlace
    private var running: (process: ChildProcess, until: UInt64)?
    /// A check that could not be made is not made again at once.
    private var next: UInt64 = 0

    /// How long a start waits for the outcome; a small database is looked through by then. Milliseconds.
    static let startPatience = 5000
    /// How long a check may take: the write-ahead log grows meanwhile. Seconds.
    private static let mostSeconds: UInt64 = 900

    init(_ settings: Settings, _ log: Log) {
        self.settings = settings
        self.log = log
        let folder = DataFolder(settings.data)
        mark = DamageMark(database: folder.database)
        place = FolderPlace(folder)
    }

    /// Begins a check and waits a little for its outcome.
    /// - Returns: what a person is to know of it; nil when all is well.
    func checkAtStart() -> String? {
        guard begin(), let process = running?.process else { return nil }
        guard let status = process.wait(milliseconds: Self.startPatience) else {
            return """
                The database may have been copied while Bodega wrote to it, so it is being looked through. The log and \
                /health will say when it is damaged.
                """
        }
        end(status)
        return mark.read()?.state == .confirmed ? CheckCommand.advice : nil
    }

    /// Goes on with the check that a program before this one had to leave, if it had.
    func resume() {
        if place.read()?.isUnchecked == true { begin() }
    }

    /// Call once a second: reaps a check that has ended, and begins one where a damaged page was met.
    func step() {
        if let (process, until) = running {
            if let status = process.reap() {
                end(status)
            } else if monotonicNanoseconds() > until {
                log.warning("looking through the database file takes too long and was stopped; run 'bodega check'")
                stop()
                // It keeps the write-ahead log from being reset, and would end no earlier the next time.
                next = monotonicNanoseconds() + 86_400_000_000_000
            }
        } else if mark.read()?.state == .suspected, monotonicNanoseconds() >= next {
            log.error("a process has met a damaged page; looking through the database file")
            begin()
        }
    }

    func stop() {
        running?.process.send(SIGKILL)
        _ = running?.process.wait(milliseconds: 2000)
        running = nil
    }

    /// Begins a check, whose outcome stands in the mark of damage and on `/health`.
    /// - Returns: whether that could be done.
    @discardableResult
    func begin() -> Bool {
        next = monotonicNanoseconds() + 60_000_000_000
        do {
            let process = try Spawn(
                executable: ServeProcesses.program,
                arguments: ["bodega", "check"],
                environment: settings.childEnvironment
            ).start()
            running = (process, monotonicNanoseconds() + Self.mostSeconds * 1_000_000_000)
            return true
        } catch {
            log.warning("the database file cannot be looked through", ["reason": "\(error)"])
            return false
        }
    }

    private func end(_ status: ExitStatus) {
        running = nil
        if status == .exited(0) || status == .exited(2) {
            // Where that cannot be noted, the next start looks once more.
            try? place.noteChecked()
        } else {
            log.warning("looking through the database file has failed", ["how": "\(status)"])
        }
    }
}
