import Catalog
import Database
import Glibc
import Process
import Support

/// A process that holds a writer gate keeps every write waiting. One that was stopped there, or waits for what never
/// comes, is ended: the kernel then drops its lock, and SQLite its transaction.
///
/// Only a process of this installation is ended: the kernel says that it holds the lock, it belongs to this user, and
/// it runs a program of ours. Others are named on `/health`.
final class GateWatch {
    private let paths: [String]
    private let leftovers: Leftovers
    private let log: Log
    /// Nanoseconds.
    private let limit: UInt64
    private let onHang: (HungProcess) -> Void
    private var clock: WatchClock
    private var nextLook: UInt64 = 0
    private var watched: [ProcessIdentity: HangWatch] = [:]

    /// - Parameter timeout: how long a process may hold a gate without a sign of life, in milliseconds.
    init(_ folder: DataFolder, _ leftovers: Leftovers, timeout: Int, log: Log, onHang: @escaping (HungProcess) -> Void)
    {
        paths = [folder.database, ProductSearch.path(besides: folder.database)].flatMap(WriterGate.paths)
        self.leftovers = leftovers
        self.log = log
        limit = UInt64(clamping: timeout) * 1_000_000
        self.onHang = onHang
        clock = WatchClock(most: min(2_000_000_000, limit / 2))
    }

    /// Looks who holds a gate; to be called again and again.
    func look() {
        let now = monotonicNanoseconds()
        guard now >= nextLook else { return }
        nextLook = now + Supervisor.watchPeriod(limit)
        let elapsed = clock.advance(to: now)
        var present: [ProcessIdentity: HangWatch] = [:]
        for holder in FileLocks.holders(of: paths.filter(FileLocks.isLocked)) where holder.pid != getpid() {
            var watch = watched[holder] ?? HangWatch(.wakesUp, limit: limit)
            switch watch.look(Vitals(of: holder.pid), elapsed: elapsed) {
            case .fine: break
            case .end: end(holder, [SIGTERM, SIGCONT], isFirst: true)
            case .kill: end(holder, [SIGKILL], isFirst: false)
            }
            present[holder] = watch
        }
        watched = present
    }

    private func end(_ holder: ProcessIdentity, _ signals: [Int32], isFirst: Bool) {
        // What is open cannot become another process's number while we look whose it is.
        guard let process = try? ObservedProcess(holder) else { return }
        let name = Leftovers.command(of: holder.pid)
        guard leftovers.isOfInstallation(holder.pid), process.isRunning else {
            if isFirst {
                log.error(
                    "another program holds the writer gate and does nothing; end it",
                    ["pid": String(holder.pid), "program": name]
                )
            }
            return
        }
        if isFirst {
            log.error(
                "holds the writer gate, hangs and is ended",
                ["command": name, "pid": String(holder.pid), "seconds": String(limit / 1_000_000_000)]
            )
            onHang(HungProcess(name: name, identity: holder, seconds: Int(limit / 1_000_000_000)))
        }
        for signal in signals { process.send(signal) }
    }
}
