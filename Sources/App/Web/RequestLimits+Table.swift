import Identity
import Process
import Support
import Web

extension RequestLimits {
    /// Counts in the table that all workers share; nil when the settings want no limit.
    init?(_ table: RateTable, _ settings: Settings) {
        guard settings.tokenRate > 0 else { return nil }
        self.init(rate: settings.tokenRate) { client, rate, burst in
            // A collision makes two clients share a bucket; 0 marks a free place.
            let hash = max(1, Self.hash(client))
            let taken = table.take(hash, rate: rate, burst: burst, now: monotonicNanoseconds())
            let second: UInt64 = 1_000_000_000
            let used = Int(clamping: (taken.untilFull * UInt64(rate) + second - 1) / second)
            return Taken(
                isAllowed: taken.isAllowed,
                remaining: max(0, burst - used),
                resetSeconds: Int(clamping: (taken.untilFull + second - 1) / second),
                retrySeconds: Int(clamping: (taken.untilNext + second - 1) / second)
            )
        }
    }

    /// FNV-1a with a final mix, so that neighbours do not share a bucket of the table.
    private static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash ^= hash >> 33
        hash = hash &* 0xFF51_AFD7_ED55_8CCD
        return hash ^ (hash >> 33)
    }
}

extension ProcessNames {
    /// Named by pid and start time, looked up in /proc.
    static var live: ProcessNames {
        let own = ProcessIdentity.current
        return ProcessNames(own: "\(own.pid)/\(own.startTime)") { name in
            let parts = name.split(separator: "/")
            guard parts.count == 2, let pid = Int32(parts[0]), let start = UInt64(parts[1]) else { return false }
            return ProcessIdentity(pid: pid, startTime: start).isRunning
        }
    }
}
