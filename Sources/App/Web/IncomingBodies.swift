import Glibc
import Process
import Support
import Web

/// The bodies that nginx writes into files, each of which goes with its request or is claimed by a worker. What lies
/// there is bounded, and what an nginx worker left when it was killed is removed.
struct IncomingBodies {
    let folder: String

    /// Bytes that lie there now.
    var bytes: Int64 {
        Files.names(in: folder).reduce(0) { $0 + (Files.size("\(folder)/\($1)") ?? 0) }
    }

    /// What nginx writes of a body at a time, in bytes.
    private static let pieceBytes = 64 << 10

    /// Why nginx could not write a body that was let in. It keeps what it has written until the answer was sent, so a
    /// disk that was too small is still full; trying also finds an exhausted quota, which the free bytes do not tell.
    var lossOfBody: WebError {
        do {
            try Files.tryRoom(in: folder, bytes: Self.pieceBytes)
        } catch  where error.isDiskFull {
            return .diskFull(cause: "a body could not be written: \(error)")
        } catch {
            return .internalError(cause: "a body could not be written: \(error)")
        }
        return .internalError(cause: "nginx could not write a body; its error log says why")
    }

    /// Why a body may not come in now; nil where there is room. Those under way are let finish.
    /// - Parameters:
    ///   - length: in bytes; nil when the request does not say.
    ///   - limit: for all that lie there, in bytes.
    func refusal(length: Int64?, limit: Int) -> WebError? {
        let (sum, overflow) = bytes.addingReportingOverflow(max(1, length ?? 1))
        if overflow || sum > Int64(limit) {
            return .unavailable(
                "spool_full",
                "Other uploads fill the room for bodies under way; try again when they have ended.",
                retryAfter: 30
            )
        }
        // One that grows beyond what was free, or whose length is not told, is refused later: see `lossOfBody`.
        guard let room = Files.room(at: folder), room.files == 0 || room.bytes < max(1, length ?? 1) else {
            return nil
        }
        return .diskFull(cause: "in \(folder) \(room.bytes) bytes and \(room.files ?? .max) files are free")
    }

    /// Removes the files that no process has open: nginx has a body open from its first byte to the end of its request.
    /// Age would not tell them from an upload that trickles.
    /// - Parameter owners: everything that may have one open.
    /// - Returns: how many were removed.
    func sweep(owners: () -> [Int32]) -> Int {
        let found = Files.names(in: folder).compactMap { name in
            FileIdentity("\(folder)/\(name)").map { ("\(folder)/\(name)", $0) }
        }
        guard !found.isEmpty, let open = Self.openFiles(of: owners()) else { return 0 }
        var count = 0
        // Looked at again: nginx may have given the name to another file meanwhile.
        for (path, file) in found where !open.contains(file) && FileIdentity(path) == file && unlink(path) == 0 {
            count += 1
        }
        return count
    }

    /// Nil when a process does not tell what it has open.
    private static func openFiles(of processes: [Int32]) -> Set<FileIdentity>? {
        var open: Set<FileIdentity> = []
        for pid in processes {
            let descriptors = "/proc/\(pid)/fd"
            guard access(descriptors, R_OK | X_OK) == 0 else {
                if Files.exists("/proc/\(pid)") { return nil }
                continue
            }
            for name in Files.names(in: descriptors) {
                if let file = FileIdentity("\(descriptors)/\(name)") { open.insert(file) }
            }
        }
        return open
    }
}
