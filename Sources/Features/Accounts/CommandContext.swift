import Database
import Glibc
import Identity
import Support

/// What the commands of Accounts work with.
struct CommandContext {
    var database: Connection
    var environment: Environment
    /// Takes one line of output.
    var out: (String) -> Void
    /// A variable of the process: passwords come this way, because others can read a command line.
    var variable: (String) -> String?
    /// A line of the input, from which only the command learns it.
    var input: () -> String? = { nil }

    var write: WriteContext { WriteContext(actor: .system, now: environment.now()) }

    /// As the shop has it.
    var passwordLength: Int64 {
        get throws { try Configuration(database).value(ConfigurationTable.passwordLength) }
    }
}

/// Why a command could not do what it was told: one sentence for the person at the terminal.
struct AccountsError: Error, Sendable, Equatable, CustomStringConvertible {
    let description: String
}

/// A variable of this process.
func processVariable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}
