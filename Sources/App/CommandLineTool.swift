import Database
import Glibc
import Support

/// From the words of a command line to an exit code: 0 done, 1 failed, 2 done and found something wrong, 64 not
/// understood.
package enum CommandLineTool {
    /// - Parameter words: without the program's name.
    package static func run(_ words: [String], commands: [Command]) -> Int32 {
        guard let name = words.first else {
            printError(overview(commands))
            return 64
        }
        if ["--help", "-h", "help"].contains(name) {
            guard words.count > 1, name == "help", !words[1].hasPrefix("-") else {
                print(overview(commands))
                return 0
            }
            return help(words[1], commands)
        }
        guard let command = commands.first(where: { $0.name == name || name == "--\($0.name)" && name == "--version" })
        else {
            printError("bodega: there is no command '\(name)'; 'bodega --help' lists them.")
            return 64
        }
        var arguments = Arguments(Array(words.dropFirst()))
        if arguments.flag("help") {
            print(describe(command))
            return 0
        }
        return run(command, &arguments)
    }

    private static func help(_ name: String, _ commands: [Command]) -> Int32 {
        guard let command = commands.first(where: { $0.name == name }) else {
            printError("bodega: there is no command '\(name)'; 'bodega help' lists them.")
            return 64
        }
        print(describe(command))
        return 0
    }

    private static func run(_ command: Command, _ arguments: inout Arguments) -> Int32 {
        do {
            return try command.run(&arguments)
        } catch let error as UsageError {
            printError("bodega \(command.name): \(error) See 'bodega \(command.name) --help'.")
            return 64
        } catch let error as DatabaseError where error.isDamage && Settings.logOfSupervised(command.name) == nil {
            printError("bodega \(command.name): \(CheckCommand.advice) SQLite says: \(error.message).")
            return 1
        } catch {
            if let log = Settings.logOfSupervised(command.name) {
                log.error("ended by a fault", ["reason": "\(error)"])
            } else {
                printError("bodega \(command.name): \(sentence(error))")
            }
            return 1
        }
    }

    /// An error as the person at the terminal is told of it.
    static func sentence(_ error: any Error) -> String {
        switch error {
        case let error as SystemError where error.isDiskFull: StartRequirements.noRoom("to \(error.operation)")
        case let error as DatabaseError where error.isDiskFull: StartRequirements.noRoom("for the database")
        case let error as SystemError where error.code == EMFILE:
            """
            Too few files may be open at a time to \(error.operation): see 'ulimit -n', and allow more, for example \
            with 'ulimit -n 1024'.
            """
        default: "\(error)"
        }
    }

    private static func overview(_ commands: [Command]) -> String {
        let width = commands.map(\.name.count).max() ?? 0
        func lines(_ isInternal: Bool) -> String {
            commands.filter { $0.isInternal == isInternal }.map { "  \(padded($0.name, width))  \($0.summary)" }
                .joined(separator: "\n")
        }
        return """
            Usage: bodega COMMAND [OPTIONS]

            \(lines(false))

            'bodega help COMMAND' says more of one. Bodega itself starts these:

            \(lines(true))
            """
    }

    private static func describe(_ command: Command) -> String {
        let help = command.help.isEmpty ? "" : "\n\n\(command.help.map { "  \($0)" }.joined(separator: "\n"))"
        return "bodega \(command.name): \(command.summary)\(help)"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        "\(text)\(String(repeating: " ", count: max(0, width - text.count)))"
    }

    private static func printError(_ text: String) {
        let bytes = Array("\(text)\n".utf8)
        _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }
}

/// An error of a command that is one sentence for the person at the terminal.
package struct CommandError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
