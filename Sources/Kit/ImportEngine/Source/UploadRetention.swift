package import Database
import Glibc
import Jobs
package import Support

/// Removes uploads whose time is over, what was claimed by a request that died before its job was there, what imports
/// from the command line have made of files that are not ours, and what workers that were killed have left of jobs that
/// are over.
package struct UploadRetention {
    private let jobs: JobStore
    private let folder: String
    private let scratch: String
    private let days: () throws -> Int64
    private let orphans: FirstSight

    private static let atOnce = 20
    /// A file without a job is younger than this while its request is still at it, in seconds.
    private static let orphanSeconds: Int64 = 86_400
    /// No request takes as long.
    private static let passingSeconds: Int64 = 3600

    /// - Parameters:
    ///   - scratch: the folder for temporary files of workers.
    ///   - counter: nanoseconds of a clock that never jumps.
    ///   - days: how long an upload stays after its job has ended.
    package init(
        _ connection: Connection,
        folder: String,
        scratch: String,
        counter: @escaping () -> UInt64 = monotonicNanoseconds,
        days: @escaping () throws -> Int64
    ) {
        jobs = JobStore(connection)
        self.folder = folder
        self.scratch = scratch
        self.days = days
        orphans = FirstSight(counter: counter)
    }

    /// - Returns: whether there is more to do.
    package func step(_ now: Timestamp) throws -> Bool {
        let oldest = now.adding(seconds: -(try days()) * 86_400)
        let old = try jobs.keepingFiles(endedBefore: oldest, limit: Self.atOnce)
        for job in old {
            guard try jobs.giveFileUp(job, remove: { try remove(named: job.publicID) }) else { return true }
        }
        if old.count == Self.atOnce { return true }
        try removeOrphans(now)
        try clearScratch(now, keepingThoseSince: oldest)
        for folder in [folder, scratch] { try removePassing(in: folder, now) }
        return false
    }

    /// The upload and everything that was made of it: all files whose name begins with the job's id.
    private func remove(named id: String) throws(SystemError) {
        for name in Files.names(in: folder) where Self.job(of: name) == id { try remove("\(folder)/\(name)") }
    }

    private func removeOrphans(_ now: Timestamp) throws {
        for name in Files.names(in: folder) {
            guard let changed = Files.changed("\(folder)/\(name)"),
                changed.adding(seconds: Self.orphanSeconds) < now,
                try !jobs.exists(publicID: Self.job(of: name)), orphans.isLongAgo("\(folder)/\(name)")
            else { continue }
            try remove("\(folder)/\(name)")
        }
    }

    /// Plans and converted tables whose job has been over for as long as an upload stays.
    private func clearScratch(_ now: Timestamp, keepingThoseSince oldest: Timestamp) throws {
        for name in Files.names(in: scratch) {
            guard let changed = Files.changed("\(scratch)/\(name)"),
                changed.adding(seconds: Self.orphanSeconds) < now,
                try !jobs.needsFiles(publicID: Self.job(of: name), endedAfter: oldest),
                orphans.isLongAgo("\(scratch)/\(name)")
            else { continue }
            try remove("\(scratch)/\(name)")
        }
    }

    /// What only a job at work needs; a repair brings its file while the job is still over, a moment before.
    private func removePassing(in folder: String, _ now: Timestamp) throws {
        for name in Files.names(in: folder) where Self.isPassing(name) {
            guard let changed = Files.changed("\(folder)/\(name)"),
                changed.adding(seconds: Self.passingSeconds) < now
            else { continue }
            try jobs.ifOver(publicID: Self.job(of: name)) { try remove("\(folder)/\(name)") }
        }
    }

    /// Corrected rows and the table made of them, and plans and tables that were not whole yet (earlier versions gave
    /// a plan the name `JOB.plan.ATTEMPT` until it was).
    static func isPassing(_ name: String) -> Bool {
        let parts = name.split(separator: ".").dropFirst()
        return parts.contains("repair") || parts.last == "new" || parts.dropLast().last == "plan"
    }

    private func remove(_ path: String) throws(SystemError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw SystemError("remove \(path)") }
    }

    private static func job(of name: String) -> String { String(name.prefix { $0 != "." }) }
}
