import Database
import Jobs
import Process
import Support

/// What the supervisor has to say on `/health`. It never waits for the database, which may be what hangs: what cannot
/// be written now is written at one of the next looks.
final class ServeAlerts {
    private let folder: DataFolder
    private let log: Log
    private var pending: [(AlertStore) throws -> Void] = []

    /// More than this is not kept: the log has it all.
    private static let most = 20

    init(_ folder: DataFolder, log: Log) {
        self.folder = folder
        self.log = log
    }

    /// Says that a process of the supervisor's was ended because it hung.
    func tellHang(_ process: HungProcess) {
        let now = folder.clock.now()
        let outcome = "It was ended, and another one does its work; nothing is lost."
        add { store in try store.raiseHang(Self.words(process.name), outcome, seconds: process.seconds, at: now) }
    }

    /// Says that a process was ended because it hung and kept all others from writing.
    func tellHangInGate(_ process: HungProcess) {
        let now = folder.clock.now()
        let what = "a process (\(process.name)) that kept all others from writing"
        let outcome = "It was ended; the change that it was making was not made, and all before it stands."
        add { store in try store.raiseHang(what, outcome, seconds: process.seconds, at: now) }
    }

    func add(_ alert: @escaping (AlertStore) throws -> Void) {
        if pending.count < Self.most { pending.append(alert) }
    }

    /// Writes what is there to be said, unless another process writes.
    func deliver() {
        guard !pending.isEmpty else { return }
        do {
            let connection = try folder.open(.maintenance)
            let isDone: Void? = try connection.writeIfFree {
                for alert in pending { try alert(AlertStore(connection)) }
            }
            if isDone != nil { pending = [] }
        } catch {
            log.log(.debug, "alerts wait", ["reason": "\(error)"])
        }
    }

    private static func words(_ name: String) -> String {
        switch name {
        case "jobs": "the job runner"
        case "index": "the process that feeds the text index"
        case "deliver": "the sender of webhooks"
        case "events": "the streamer of events"
        case "nginx", "nginx worker": "a process of nginx"
        default: "a worker of the pool \(name)"
        }
    }
}
