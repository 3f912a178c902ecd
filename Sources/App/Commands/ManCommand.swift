import Support

/// `bodega man`: the manual page of the program, made of what its commands say of themselves.
enum ManCommand {
    static let command = Command(
        "man",
        "print the manual page",
        help: ["As 'bodega man | man -l -', or kept below share/man/man1 as bodega.1."]
    ) { arguments in
        try arguments.finish()
        print(page(Commands.all))
        return 0
    }

    /// The page in the language of man(7).
    static func page(_ commands: [Command]) -> String {
        let shown = commands.filter { !$0.isInternal }
        let started = commands.filter(\.isInternal)
        let names = started.map { bold($0.name) }.joined(separator: ", ")
        return """
            .TH BODEGA 1 "" "bodega \(VersionCommand.version)" "User Commands"
            .SH NAME
            bodega \\- a house for the product data of a shop
            .SH SYNOPSIS
            .B bodega
            .I COMMAND
            .RI [ OPTIONS ]
            .SH DESCRIPTION
            Takes product files in, keeps a clean catalogue, and hands it on. What stands below is also what
            .B bodega help
            says of each command.
            .SH COMMANDS
            \(shown.map(section).joined(separator: "\n"))
            .SH PROCESSES
            Bodega itself starts these: \(names).
            .SH EXIT STATUS
            .TP
            .B 0
            Done.
            .TP
            .B 1
            Failed.
            .TP
            .B 2
            Done, and something was found wrong.
            .TP
            .B 64
            The words were not understood.
            """
    }

    private static func section(_ command: Command) -> String {
        ([".SS bodega \(escaped(command.name))", sentence(command.summary)] + command.help.map(entry))
            .joined(separator: "\n")
    }

    /// A line of help: an option with what is said of it behind two blanks, or a sentence.
    private static func entry(_ line: String) -> String {
        guard let option = HelpLine(line) else { return ".PP\n\(text(line))" }
        let said = option.words.isEmpty ? "" : "\n\(text(option.words))"
        return ".TP\n\(bold(option.option))\(said)"
    }

    private static func sentence(_ summary: String) -> String {
        text("\(summary.prefix(1).uppercased())\(summary.dropFirst()).")
    }

    private static func bold(_ words: String) -> String { "\\fB\(escaped(words))\\fR" }

    /// A line of running text. One that begins with a point or an apostrophe would be a request.
    private static func text(_ words: String) -> String {
        let escaped = escaped(words)
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&\(escaped)" : escaped
    }

    private static func escaped(_ words: String) -> String {
        words.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\e"
            case "-": text += "\\-"
            default: text.append(character)
            }
        }
    }
}

/// A line of a command's help that names an option or a word.
struct HelpLine {
    /// As it is written: `--data DIR`, `FILE`.
    var option: String
    /// What is said of it; may be empty.
    var words: String

    /// Nil for a line that is a sentence.
    init?(_ line: String) {
        let head = line.prefix { $0 != " " }
        let parts = Self.parts(line)
        guard head.hasPrefix("-") || head.hasPrefix("[") || parts.words != nil else { return nil }
        option = parts.option
        words = parts.words ?? ""
    }

    /// What stands before the first two blanks, and behind them.
    private static func parts(_ line: String) -> (option: String, words: String?) {
        var isBlank = false
        for index in line.indices {
            if line[index] == " ", isBlank {
                let rest = line[index...].drop { $0 == " " }
                return (String(line[..<line.index(before: index)]), String(rest))
            }
            isBlank = line[index] == " "
        }
        return (line, nil)
    }

    /// The options with two hyphens that a line names: `--data`.
    static func options(in line: String) -> [String] {
        let isPart = { (character: Character) in character == "-" || character.isASCII && character.isLowercase }
        return (HelpLine(line)?.option ?? "").split { !isPart($0) }.map(String.init)
            .filter { $0.hasPrefix("--") && $0.count > 2 }
    }
}
