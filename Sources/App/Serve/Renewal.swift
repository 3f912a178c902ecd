import Glibc
import Jobs
import Process
import Support

/// How a running supervisor becomes another program: it tries that first, and goes on as before when that does not
/// answer.
final class Renewal {
    private let folder: DataFolder
    private let alerts: ServeAlerts
    private let log: Log
    /// What became of the last order; stands in the pid file, where `serve --reload` waits for it.
    private(set) var last: PidFile.Renewal
    /// The file that is being tried or was found good.
    private var tried: String?
    private var isTrying = false
    /// An order came while the one before was still tried.
    private var isWantedAgain = false

    private let patience: Int
    /// For how long `/health` says that a program was refused, in seconds.
    private static let alertSeconds: Int64 = 86_400

    /// - Parameters:
    ///   - patience: how long a program may take to answer, in milliseconds.
    ///   - wasHandedOver: whether this program takes over from another one, and not back.
    init(_ folder: DataFolder, alerts: ServeAlerts, log: Log, patience: Int, wasHandedOver: Bool) {
        self.patience = patience
        self.folder = folder
        self.alerts = alerts
        self.log = log
        last = PidFile.read(folder.pidFile)?.renewal ?? PidFile.Renewal(number: 0, outcome: "done")
        if wasHandedOver { last.outcome = "trying" }
    }

    /// The program has taken over: everything runs.
    func settle() {
        guard last.outcome == "trying" else { return }
        last.outcome = "done"
        alerts.add { store in try store.clear("update_refused") }
    }

    // MARK: Trying

    /// Tries the next program, beside everything else; the supervisor returns from its loop when that has answered.
    /// - Parameter note: called when `last` has changed.
    func begin(_ supervisor: Supervisor, note: @escaping () -> Void) {
        guard !isTrying else {
            isWantedAgain = true
            return
        }
        last = PidFile.Renewal(number: last.number + 1, outcome: "trying")
        note()
        let program = Self.nextProgram
        log.info("trying the next program", ["program": program])
        do {
            let output = try Files.temporary(in: folder.scratch)
            let process = try check(program, output.raw)
            let raw = output.release()
            (isTrying, tried) = (true, program)
            supervisor.wait(for: process, milliseconds: patience) { status in
                self.isTrying = false
                let complaint = self.complaint(OwnedDescriptor(raw), status)
                if let complaint { self.refuse(program, complaint) } else { supervisor.reload() }
                note()
                if complaint != nil && self.isWantedAgain { self.repeatOrder() }
            }
        } catch {
            refuse(program, "\(error)")
            note()
        }
    }

    private func check(_ program: String, _ output: Int32) throws(SystemError) -> ChildProcess {
        let options = CommandLine.arguments.dropFirst(2)
        return try Spawn(
            executable: program,
            arguments: ["bodega", "serve", "--check"] + options,
            // Its words are for us, and not for the log.
            environment: currentEnvironment().filter { !$0.hasPrefix("BODEGA_LOG_FILE=") },
            descriptors: [Spawn.Inherited(output, as: 1), Spawn.Inherited(output, as: 2)],
            keepsRights: true
        ).start()
    }

    /// What a program that was tried has said; nil when it has answered.
    private func complaint(_ output: consuming OwnedDescriptor, _ status: ExitStatus?) -> String? {
        guard let status else { return "it did not answer within \(patience / 1000) s" }
        if status == .exited(0) { return nil }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = pread(output.raw, &buffer, buffer.count, 0)
        let lines = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
        guard let line = lines.last else { return "it ended with \(status)" }
        let start = "bodega serve: "
        return String(line.hasPrefix(start) ? line.dropFirst(start.count) : line)
    }

    private func refuse(_ program: String, _ reason: String) {
        last.outcome = "refused: \(reason)"
        log.error("the next program was refused; this one goes on", ["program": program, "reason": reason])
        let now = folder.clock.now()
        alerts.add { store in
            try store.raise(
                "update_refused",
                """
                At \(now.rfc3339) another version was to take over, and could not start: the one before goes on. The \
                system log says why. Mend that, or take another version, and run deploy/up again.
                """,
                at: now,
                expiresAt: now.adding(seconds: Self.alertSeconds)
            )
        }
    }

    /// SIGHUP is blocked: the signal waits for its next reader, this program or the one that follows.
    private func repeatOrder() {
        isWantedAgain = false
        kill(getpid(), SIGHUP)
    }

    // MARK: Becoming

    /// Becomes the program that was tried, in this process; returns only when that failed.
    func become(_ descriptors: [String: Int32], _ children: [Handover.Child]) {
        let program = tried ?? ServeProcesses.program
        log.info("reloading", ["program": program])
        let handover = Handover(descriptors: descriptors, children: children, former: Self.programPath)
        for descriptor in descriptors.values { try? makeInheritable(descriptor) }
        if isWantedAgain { repeatOrder() }
        let error = replaceProgram(
            program,
            arguments: CommandLine.arguments,
            environment: currentEnvironment() + ["\(Handover.variable)=\(handover.text)"]
        )
        for descriptor in descriptors.values { try? makePrivate(descriptor) }
        refuse(program, error.description)
    }

    /// The file that runs now.
    static var programPath: String {
        target(of: "/proc/self/exe") ?? CommandLine.arguments.first ?? "bodega"
    }

    /// The file to run after a reload. `deploy/up` puts links beside the program that runs now (`bodega-<hash>`):
    /// `next` to one that is to be tried, and `bodega` to the one that was found good last.
    private static var nextProgram: String {
        let parts = programPath.split(separator: "/")
        let folder = "/\(parts.dropLast().joined(separator: "/"))"
        guard parts.last?.hasPrefix("bodega-") ?? false else { return ServeProcesses.program }
        return ["next", "bodega"].map { "\(folder)/\($0)" }.first { Files.exists($0) }.map { Files.real($0) }
            ?? ServeProcesses.program
    }
}

/// What a program needs that was handed everything and cannot go on with it: the way back to the one before.
final class WayBack {
    private let handover: Handover
    private let former: String
    private let pidFile: String
    private var isOpen = true

    /// Nil where there is no way back.
    /// - Parameter pidFile: its path.
    init?(_ handover: Handover, pidFile: String) {
        guard let former = handover.former, former != Renewal.programPath else { return nil }
        self.former = former
        self.pidFile = pidFile
        // What a failed start has closed is still open here.
        let copies = handover.descriptors.compactMapValues { raw -> Int32? in
            let copy = duplicate(raw)
            return copy >= 0 ? copy : nil
        }
        self.handover = Handover(descriptors: copies, children: handover.children)
    }

    /// Everything runs: nothing leads back any more.
    func close() {
        guard isOpen else { return }
        isOpen = false
        for copy in handover.descriptors.values { Glibc.close(copy) }
    }

    /// Becomes the program before; returns only when that failed too.
    func go(because error: any Error, log: Log) {
        guard isOpen else { return }
        log.error("this program cannot take over; the one before goes on", ["reason": "\(error)", "program": former])
        noteRefusal("refused: \(error)")
        for copy in handover.descriptors.values { try? makeInheritable(copy) }
        let failure = replaceProgram(
            former,
            arguments: CommandLine.arguments,
            environment: currentEnvironment() + ["\(Handover.variable)=\(handover.text)"]
        )
        log.error("nor can the one before", ["reason": failure.description])
    }

    private func noteRefusal(_ outcome: String) {
        guard let lock = handover.descriptors["lock"], let content = PidFile.read(pidFile) else { return }
        let copy = duplicate(lock)
        guard copy >= 0, let file = try? PidFile(path: pidFile, inherited: copy) else { return }
        let renewal = PidFile.Renewal(number: content.renewal?.number ?? 0, outcome: outcome)
        try? file.write(executable: former, state: "reloading", renewal: renewal)
    }
}
