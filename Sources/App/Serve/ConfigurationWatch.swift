import Glibc
import Identity
import Jobs
import Process

/// Tells the supervisor, which has no eye on the database, when a setting was changed that it sets nginx up with. Part
/// of the job runner, because that looks at the database all the time and there is only one.
final class ConfigurationWatch {
    /// What nginx is set up with.
    private struct Values: Equatable {
        var requestRate: Int64
        var crossOrigins: [String]
    }

    private let configuration: Configuration
    private let folder: DataFolder
    /// What the supervisor was told of last; nil at first, since a change may have come before the first look.
    private var told: Values?

    init(_ configuration: Configuration, _ folder: DataFolder) {
        self.configuration = configuration
        self.folder = folder
    }

    var chore: JobChore {
        JobChore("looking at the configuration", everySeconds: 1) { [self] _ in
            try look()
            return false
        }
    }

    private func look() throws {
        let present = Values(
            requestRate: try configuration.value(ConfigurationTable.requestRate),
            crossOrigins: try configuration.value(ConfigurationTable.corsOrigins)
        )
        // Without a supervisor there is no nginx either.
        guard present != told, PidFile.read(folder.pidFile)?.identity.pid == getppid() else { return }
        told = present
        kill(getppid(), SIGUSR2)
    }
}
