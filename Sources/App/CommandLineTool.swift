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
            print(overview(commands))
            return 0
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

    private static func run(_ command: Command, _ arguments: inout Arguments) -> Int32 {
        do {
            return try command.run(&arguments)
        } catch let error as UsageError {
            printError("bodega \(command.name): \(error) See 'bodega \(command.name) --help'.")
            return 64
        } catch {
            if let log = Settings.logOfSupervised(command.name) {
                log.error("ended by a fault", ["reason": "\(error)"])
            } else {
                printError("bodega \(command.name): \(error)")
            }
            return 1
        }
    }

    private static func overview(_ commands: [Command]) -> String {
        let width = commands.map(\.name.count).max() ?? 0
        let lines = commands.map { "  \(padded($0.name, width))  \($0.summary)" }
        return "Usage: bodega COMMAND [OPTIONS]\n\n\(lines.joined(separator: "\n"))"
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
