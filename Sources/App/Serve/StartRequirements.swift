import Glibc
import Process
import Support

/// What the machine must give before processes are started: without it they would end, each in a way of its own.
enum StartRequirements {
    /// Each process has its connections, its files and those of nginx; fewer are no use to anybody.
    static let leastOpenFiles = 256
    /// What is written before the first request: configuration, sockets, the pid file, the index of the log.
    private static let bytes = 256 << 10

    /// Throws a `CommandError` that says what is missing and what to do.
    static func check(_ folders: [String], openFiles: Int = ResourceLimit.mostOpenFiles) throws(CommandError) {
        guard openFiles >= leastOpenFiles else {
            throw CommandError(
                """
                Only \(openFiles) files may be open at a time, and Bodega needs \(leastOpenFiles), better 65536. Allow \
                more with 'ulimit -n 65536' before the start (in a unit of systemd: LimitNOFILE=65536).
                """
            )
        }
        for folder in folders {
            do throws(SystemError) {
                try Files.tryRoom(in: folder, bytes: bytes)
            } catch {
                guard error.isDiskFull else { continue }
                throw CommandError(noRoom("in \(folder)"))
            }
        }
    }

    /// - Parameter purpose: where or for what room was wanted.
    static func noRoom(_ purpose: String) -> String {
        """
        The disk is full: there is no room left \(purpose). Nothing was lost. Make room there (see 'df -h' and \
        'df -i'), then try again.
        """
    }
}
