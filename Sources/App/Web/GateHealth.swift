import Database
import Process
import Support

/// Who keeps all others from writing, for `/health`: a change that lasts, or a program that is none of Bodega's.
enum GateHealth {
    /// A change that lasts longer is worth a warning. Nanoseconds.
    private static let longest: UInt64 = 10_000_000_000

    /// One sentence or two that say who it is and what to do; nil when writers come and go.
    static func complaint(_ folder: DataFolder, now: UInt64 = monotonicNanoseconds()) -> String? {
        guard let path = WriterGate.paths(of: folder.database).first, FileLocks.isLocked(path),
            let holder = FileLocks.holders(of: [path]).first
        else {
            return nil
        }
        let name = Leftovers.command(of: holder.pid)
        guard let last = WriterGate.lastTaken(databasePath: folder.database), last.pid == holder.pid else {
            return
                "Process \(holder.pid) (\(name)), which is no process of Bodega, keeps all others from writing. End it."
        }
        guard now > last.at, now - last.at > longest else { return nil }
        let seconds = (now - last.at) / 1_000_000_000
        return "Process \(holder.pid) (\(name)) has kept all others from writing for \(seconds) s."
    }
}
