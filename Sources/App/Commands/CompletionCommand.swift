import Support

/// `bodega completion SHELL`: what makes a shell complete the program's commands and their options, made of what the
/// commands say of themselves.
enum CompletionCommand {
    static let command = Command(
        "completion",
        "print what completes commands and options in a shell",
        help: ["SHELL  bash, zsh or fish; for bash: source <(bodega completion bash)"]
    ) { arguments in
        let name = arguments.nextOptional() ?? ""
        try arguments.finish()
        guard let shell = Shell(rawValue: name) else {
            throw UsageError("completion takes bash, zsh or fish, not '\(name)'.")
        }
        print(script(Commands.all, for: shell))
        return 0
    }

    enum Shell: String, CaseIterable {
        case bash, zsh, fish
    }

    static func script(_ commands: [Command], for shell: Shell) -> String {
        let commands = commands.filter { !$0.isInternal }
        return switch shell {
        case .bash: bash(commands)
        case .zsh: zsh(commands)
        case .fish: fish(commands)
        }
    }

    /// Each once, in the order of the help.
    static func options(_ command: Command) -> [String] {
        var found: [String] = []
        for option in command.help.flatMap(HelpLine.options) + ["--help"] where !found.contains(option) {
            found.append(option)
        }
        return found
    }

    private static func bash(_ commands: [Command]) -> String {
        """
        _bodega() {
            local word=${COMP_WORDS[COMP_CWORD]} words
            if [ "$COMP_CWORD" -eq 1 ]; then
                words="\(commands.map(\.name).joined(separator: " ")) help"
            else
                case ${COMP_WORDS[1]} in
                    help) words="\(commands.map(\.name).joined(separator: " "))" ;;
        \(commands.map { "            \($0.name)) words=\"\(options($0).joined(separator: " "))\" ;;" }
            .joined(separator: "\n"))
                esac
            fi
            COMPREPLY=($(compgen -W "$words" -- "$word"))
        }
        complete -o default -F _bodega bodega
        """
    }

    private static func zsh(_ commands: [Command]) -> String {
        """
        #compdef bodega
        _bodega() {
            if (( CURRENT == 2 )); then
                local -a commands=(
        \(commands.map { "            \(quoted("\($0.name):\($0.summary)"))" }.joined(separator: "\n"))
                )
                _describe command commands
                return
            fi
            case $words[2] in
        \(commands.map { "        \($0.name)) compadd -- \(options($0).joined(separator: " ")) ;;" }
            .joined(separator: "\n"))
            esac
            _files
        }
        if [ "$funcstack[1]" = _bodega ]; then _bodega "$@"; else compdef _bodega bodega; fi
        """
    }

    private static func fish(_ commands: [Command]) -> String {
        commands.flatMap { command in
            ["complete -c bodega -n __fish_use_subcommand -a \(command.name) -d \(quoted(command.summary))"]
                + options(command).map { option in
                    "complete -c bodega -n '__fish_seen_subcommand_from \(command.name)' -l \(option.dropFirst(2))"
                }
        }.joined(separator: "\n")
    }

    /// In single quotes, as all three shells read them.
    private static func quoted(_ text: String) -> String {
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }
}
