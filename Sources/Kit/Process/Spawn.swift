import CLinux
import Glibc
public import Support

/// How a process is to be started. Descriptors that are not listed are not inherited; signals are unblocked and set to
/// their defaults; standard input, output and error are passed on.
public struct Spawn: Sendable {
    /// A descriptor of this process and the number under which the new one gets it.
    public struct Inherited: Sendable {
        public var source: Int32
        public var target: Int32

        public init(_ source: Int32, as target: Int32) {
            self.source = source
            self.target = target
        }
    }

    /// SIGKILL.
    public static let kill: Int32 = SIGKILL

    /// Path of the program; `/proc/self/exe` is the running one, even after its file was replaced.
    public var executable: String
    /// The whole argv; the first word is the name that `ps` shows.
    public var arguments: [String]
    /// `NAME=value`.
    public var environment: [String]
    public var descriptors: [Inherited]
    public var workingFolder: String?
    /// Sent to the new process by the kernel when this one ends; nil lets it live on.
    public var parentDeathSignal: Int32?
    /// Whether it leads a process group, so that a terminal's ^C does not reach it and its own children end with it.
    public var ownGroup: Bool
    /// Whether it gets the right to listen at ports below 1024, if this process was handed that (or any other).
    public var keepsRights: Bool

    public init(
        executable: String,
        arguments: [String],
        environment: [String] = currentEnvironment(),
        descriptors: [Inherited] = [],
        workingFolder: String? = nil,
        parentDeathSignal: Int32? = Spawn.kill,
        ownGroup: Bool = true,
        keepsRights: Bool = false
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
        self.workingFolder = workingFolder
        self.parentDeathSignal = parentDeathSignal
        self.ownGroup = ownGroup
        self.keepsRights = keepsRights
    }

    /// Starts it. A program that cannot be executed is an error here, not an exit status later.
    public func start() throws(SystemError) -> ChildProcess {
        let pid = withCStrings(arguments) { argv in
            withCStrings(environment) { envp in call(argv, envp) }
        }
        guard pid > 0 else { throw SystemError("start \(executable)") }
        return try ChildProcess(pid: pid)
    }

    private func call(_ argv: CStringArray, _ envp: CStringArray) -> pid_t {
        let sources = descriptors.map(\.source)
        let targets = descriptors.map(\.target)
        return withOptionalCString(workingFolder) { folder in
            executable.withCString { path in
                sources.withUnsafeBufferPointer { sources in
                    targets.withUnsafeBufferPointer { targets in
                        var request = bodega_spawn(
                            path: path,
                            argv: argv,
                            envp: envp,
                            folder: folder,
                            sources: sources.baseAddress,
                            targets: targets.baseAddress,
                            count: sources.count,
                            death_signal: parentDeathSignal ?? 0,
                            own_group: ownGroup ? 1 : 0,
                            keeps_rights: keepsRights ? 1 : 0
                        )
                        return bodega_spawn(&request)
                    }
                }
            }
        }
    }
}

/// Replaces the program in this process; returns only with an error. Descriptors without close-on-exec, blocked signals
/// and children stay.
public func replaceProgram(_ executable: String, arguments: [String], environment: [String]) -> SystemError {
    withCStrings(arguments) { argv in
        withCStrings(environment) { envp in
            _ = execve(executable, argv, envp)
        }
    }
    return SystemError("start \(executable)")
}

/// The variable that says for which installation a process works: by it those that were left behind are found.
public let markVariable = "BODEGA_SUPERVISED"

/// This process's environment as `NAME=value`.
public func currentEnvironment() -> [String] {
    var entries: [String] = []
    var entry = environ
    while let text = entry.pointee {
        entries.append(String(cString: text))
        entry += 1
    }
    return entries
}

/// The value of an environment variable; nil when it is not set or empty.
public func environmentVariable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
}

typealias CStringArray = UnsafePointer<UnsafeMutablePointer<CChar>?>

private func withOptionalCString<T>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> T) -> T {
    guard let text else { return body(nil) }
    return text.withCString { body($0) }
}

private func withCStrings<T>(_ strings: [String], _ body: (CStringArray) -> T) -> T {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { buffer in
        // A buffer that holds at least the final nil has an address.
        withExtendedLifetime(buffer) { body(buffer.baseAddress.unsafelyUnwrapped) }
    }
}
