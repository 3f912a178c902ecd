package import Database
import Glibc
import Jobs
package import Support

/// Removes uploads whose time is over, what was claimed by a request that died before its job was there, and what
/// imports from the command line have made of files that are not ours.
package struct UploadRetention {
    private let jobs: JobStore
    private let folder: String
    private let scratch: String
    private let days: Int64

    private static let atOnce = 20
    /// A file without a job is younger than this while its request is still at it.
    private static let orphanSeconds: Int64 = 86_400

    /// - Parameters:
    ///   - scratch: the folder for temporary files of workers.
    ///   - days: how long an upload stays after its job has ended.
    package init(_ connection: Connection, folder: String, scratch: String, days: Int) {
        jobs = JobStore(connection)
        self.folder = folder
        self.scratch = scratch
        self.days = Int64(days)
    }

    /// - Returns: whether there is more to do.
    package func step(_ now: Timestamp) throws -> Bool {
        let old = try jobs.keepingFiles(endedBefore: now.adding(seconds: -days * 86_400), limit: Self.atOnce)
        for job in old {
            guard try jobs.giveFileUp(job, remove: { try remove(named: job.publicID) }) else { return true }
        }
        if old.count == Self.atOnce { return true }
        try removeOrphans(now)
        try clearScratch(now)
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
                try !jobs.exists(publicID: Self.job(of: name))
            else { continue }
            try remove("\(folder)/\(name)")
        }
    }

    /// Plans and converted tables whose job has been over for as long as an upload stays.
    private func clearScratch(_ now: Timestamp) throws {
        for name in Files.names(in: scratch) {
            guard let changed = Files.changed("\(scratch)/\(name)"),
                changed.adding(seconds: Self.orphanSeconds) < now,
                try !jobs.needsFiles(publicID: Self.job(of: name), endedAfter: now.adding(seconds: -days * 86_400))
            else { continue }
            try remove("\(scratch)/\(name)")
        }
    }

    private func remove(_ path: String) throws(SystemError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw SystemError("remove \(path)") }
    }

    private static func job(of name: String) -> String { String(name.prefix { $0 != "." }) }
}
