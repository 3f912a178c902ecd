import Glibc
import Support

/// A process that the supervisor starts once and waits for beside everything else.
struct Errand {
    let process: ChildProcess
    /// It is killed at this moment, on the clock of `monotonicNanoseconds`.
    var deadline: UInt64
    let then: (ExitStatus?) -> Void
}

extension Supervisor {
    /// Waits for the end of a process without holding anything up.
    /// - Parameters:
    ///   - milliseconds: how long it may take; then it and what it has started is killed.
    ///   - then: called with how it ended; nil when its time was over.
    public func wait(for process: ChildProcess, milliseconds: Int, then: @escaping (ExitStatus?) -> Void) {
        let deadline = monotonicNanoseconds() + UInt64(clamping: milliseconds) * 1_000_000
        errands.append(Errand(process: process, deadline: deadline, then: then))
    }

    func endErrands() {
        let now = monotonicNanoseconds()
        for errand in errands {
            let status = errand.process.reap()
            guard status != nil || errand.deadline < now else { continue }
            errand.process.sendToGroup(SIGKILL)
            if status == nil { _ = errand.process.wait(milliseconds: 1000) }
            errands.removeAll { $0.process === errand.process }
            errand.then(status)
        }
    }
}
