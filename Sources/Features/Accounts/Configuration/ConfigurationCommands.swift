package import Database
package import Identity
package import Support

/// `bodega config list|get|set|reset|rotate-key`.
package enum ConfigurationCommands {
    package static let summary = "see and change the configuration"

    /// What `--help` prints.
    package static let help = [
        "list [--json]",
        "get KEY",
        "set KEY VALUE",
        "set KEY --value-env NAME",
        "reset KEY",
        "rotate-key",
        "A secret is read from a variable, because others can read a command line; it is never printed. What a",
        "variable or a flag of 'serve' fixes goes before what is set here. A running Bodega notices changes at once,",
        "except those that 'list' marks with 'next start'. rotate-key seals every secret with a new key.",
    ]

    /// Runs the words behind `bodega config`.
    ///
    /// Throws `UsageError` for words that are not understood, `AccountsError` for what cannot be done.
    /// - Parameters:
    ///   - entries: every setting of the installation.
    ///   - columns: where the secrets are that a change of keys has to find.
    ///   - overrides: what the environment fixes.
    ///   - out: takes one line of output.
    ///   - variable: looks up a variable of the process.
    ///   - step: told where a change of keys stands.
    /// - Returns: the exit code.
    package static func run(
        _ arguments: inout Arguments,
        database: Connection,
        environment: Environment,
        entries: ConfigurationEntries,
        columns: [SecretVaultStore.Column] = [.configuration],
        overrides: ConfigurationOverrides = .process,
        out: @escaping (String) -> Void,
        variable: @escaping (String) -> String? = processVariable,
        at step: (SecretVaultStore.Step) throws -> Void = { _ in }
    ) throws -> Int32 {
        let context = CommandContext(database: database, environment: environment, out: out, variable: variable)
        let configuration = Configuration(database, overrides: overrides)
        switch try arguments.next("list, get, set, reset or rotate-key") {
        case "list": try list(&arguments, entries, configuration, out)
        case "get": try get(&arguments, entries, configuration, out)
        case "set": try set(&arguments, entries, configuration, context)
        case "reset": try reset(&arguments, entries, configuration, context)
        case "rotate-key":
            try arguments.finish()
            let count = try SecretVaultStore(database).rotate(columns, context: context.write, at: step)
            out("Made a new key and sealed \(count) \(count == 1 ? "secret" : "secrets") with it.")
        case let word:
            throw UsageError("bodega config has no '\(word)', only list, get, set, reset and rotate-key.")
        }
        return 0
    }

    private static func list(
        _ arguments: inout Arguments,
        _ entries: ConfigurationEntries,
        _ configuration: Configuration,
        _ out: (String) -> Void
    ) throws {
        let asJSON = arguments.flag("json")
        try arguments.finish()
        if asJSON { return out(JSON.array(try entries.all.map { $0.json(try configuration.state($0)) }).text) }
        for entry in entries.all {
            let state = try configuration.state(entry)
            let source = state.source == .environment ? "fixed by \(entry.variable)" : state.source.rawValue
            let start = entry.effect == .nextStart ? ", next start" : ""
            out("\(entry.key) = \(shown(entry, state))  (\(source)\(start))")
        }
    }

    private static func shown(_ entry: ConfigurationEntry, _ state: Configuration.State) -> String {
        entry.isSecret ? (state.isSet ? "set" : "not set") : state.value ?? ""
    }

    private static func get(
        _ arguments: inout Arguments,
        _ entries: ConfigurationEntries,
        _ configuration: Configuration,
        _ out: (String) -> Void
    ) throws {
        let entry = try entry(&arguments, entries)
        try arguments.finish()
        out(shown(entry, try configuration.state(entry)))
    }

    private static func entry(
        _ arguments: inout Arguments,
        _ entries: ConfigurationEntries
    ) throws(UsageError) -> ConfigurationEntry {
        let key = try arguments.next("The setting's key")
        guard let entry = entries.entry(key) else {
            throw UsageError("There is no setting '\(key)'; 'bodega config list' shows them.")
        }
        return entry
    }

    private static func set(
        _ arguments: inout Arguments,
        _ entries: ConfigurationEntries,
        _ configuration: Configuration,
        _ context: CommandContext
    ) throws {
        let name = try arguments.option("value-env")
        let entry = try entry(&arguments, entries)
        let value: String
        if let name {
            guard let found = context.variable(name) else { throw UsageError("The variable \(name) is not set.") }
            value = found
        } else {
            guard !entry.isSecret else {
                throw UsageError("\(entry.key) is a secret: put it into a variable and name that with --value-env.")
            }
            value = try arguments.next("The value")
        }
        try arguments.finish()
        try store(entry, configuration, context) { () throws(ConfigurationFault) in try entry.canonical(value) }
        let shown =
            entry.isSecret ? "Set \(entry.key)." : "\(entry.key) = \(try configuration.state(entry).value ?? "")"
        context.out(entry.effect == .nextStart ? "\(shown)  (takes effect at the next start)" : shown)
    }

    private static func reset(
        _ arguments: inout Arguments,
        _ entries: ConfigurationEntries,
        _ configuration: Configuration,
        _ context: CommandContext
    ) throws {
        let entry = try entry(&arguments, entries)
        try arguments.finish()
        try store(entry, configuration, context) { nil }
        context.out("\(entry.key) = \(Self.shown(entry, try configuration.state(entry)))")
    }

    private static func store(
        _ entry: ConfigurationEntry,
        _ configuration: Configuration,
        _ context: CommandContext,
        _ value: () throws(ConfigurationFault) -> String?
    ) throws {
        guard try configuration.state(entry).source != .environment else {
            throw AccountsError(description: entry.fixed)
        }
        let wanted: String?
        do throws(ConfigurationFault) {
            wanted = try value()
        } catch {
            throw AccountsError(description: "\(entry.key): \(error.detail)")
        }
        try ConfigurationStore(context.database).set([(entry, wanted)], context: context.write)
    }
}
