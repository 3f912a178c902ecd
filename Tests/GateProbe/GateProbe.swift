import Database
import Glibc
import Support

/// A process that writes, waits or dies at the writer gate, for the tests of the gate: `GateProbe WHAT DATABASE …`.
@main
enum GateProbe {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4 else { exit(64) }
        let (what, path, role) = (arguments[1], arguments[2], arguments[3])
        let number = arguments.count > 4 ? Int(arguments[4]) ?? 0 : 0
        switch what {
        case "write": try write(path, role, milliseconds: number)
        case "churn": try churn(path, role, milliseconds: number)
        case "hold": try hold(path, role)
        case "snapshot": try snapshot(path)
        case "acquire": try acquire(path, role, deadline: number)
        default: exit(64)
        }
    }

    private static func connection(_ path: String, _ role: String) throws -> Connection {
        try Connection(path: path, role: role == "bulk" ? .importer : .web)
    }

    private static func say(_ text: String) {
        print(text)
        fflush(nil)
    }

    /// Transactions in a loop, a bulk one holding on for 50 ms. Says how many there were and the longest wait in ms.
    private static func write(_ path: String, _ role: String, milliseconds: Int) throws {
        let connection = try connection(path, role)
        let end = monotonicNanoseconds() + UInt64(milliseconds) * 1_000_000
        var count = 0
        var longest: UInt64 = 0
        while monotonicNanoseconds() < end {
            let asked = monotonicNanoseconds()
            try connection.write(.normal) {
                longest = max(longest, monotonicNanoseconds() - asked)
                try connection.execute("INSERT INTO note (text) VALUES (\(role))")
                if role == "bulk" { sleep(milliseconds: 50) }
            }
            count += 1
        }
        say("\(count) \(longest / 1_000_000)")
    }

    /// Writes and checkpoints by turns.
    private static func churn(_ path: String, _ role: String, milliseconds: Int) throws {
        let connection = try connection(path, role)
        let end = monotonicNanoseconds() + UInt64(milliseconds) * 1_000_000
        var count = 0
        while monotonicNanoseconds() < end {
            try connection.write(.normal) {
                for number in 0..<20 {
                    try connection.execute("INSERT INTO note (text) VALUES (\("\(getpid()) \(count) \(number)"))")
                }
                try connection.execute("DELETE FROM note WHERE id % 7 = 0")
            }
            count += 1
            if count % 5 == 0 { try connection.checkpoint() }
        }
        say("\(count) 0")
    }

    /// Says `held` inside a transaction and stays there.
    private static func hold(_ path: String, _ role: String) throws {
        let connection = try connection(path, role)
        try connection.write {
            try connection.execute("INSERT INTO note (text) VALUES ('never to be seen')")
            say("held")
            while true { pause() }
        }
    }

    /// Says `reading` with a snapshot open and stays there.
    private static func snapshot(_ path: String) throws {
        let connection = try connection(path, "web")
        try connection.read {
            _ = try connection.first("SELECT COUNT(*) FROM note") { row in row.int(0) }
            say("reading")
            while true { pause() }
        }
    }

    /// Waits for the gate; says how it went and after how many ms.
    private static func acquire(_ path: String, _ role: String, deadline: Int) throws {
        let gate = try WriterGate(databasePath: path, deadlineMilliseconds: deadline)
        let asked = monotonicNanoseconds()
        var outcome = "taken"
        do {
            try gate.acquire(priority: role == "bulk" ? .bulk : .interactive)
            gate.release()
        } catch {
            outcome = error.kind == .gate && error.isBusy ? "late" : "wrong"
        }
        say("\(outcome) \((monotonicNanoseconds() - asked) / 1_000_000)")
    }
}
