import Support
import TestSupport
import Testing

@testable import App

/// What is made of the commands' own words: the manual page, and what shells complete.
@Suite struct ManualTests {
    private let sample = Command(
        "take",
        "take a file's rows in",
        help: [
            "FILE  one of \\a", "--data DIR", "--on-error skip|stop", "[--since 1h] [--json]", "--yes  do not ask",
            ".hidden is no request.",
        ]
    ) { _ in 0 }

    @Test func thePageNamesEveryCommandAndOption() {
        let page = ManCommand.page(Commands.all)
        for command in Commands.all where !command.isInternal {
            #expect(page.contains(".SS bodega \(command.name)\n"), "\(command.name)")
        }
        #expect(page.contains(#"\fB\-\-duplicates last|first|reject\fR"#))
    }

    @Test func nothingOfTheWordsIsARequest() {
        let page = ManCommand.page([sample])
        #expect(page.contains(".TP\n\\fBFILE\\fR\none of \\ea\n"))
        #expect(page.contains(".TP\n\\fB\\-\\-data DIR\\fR\n"))
        #expect(page.contains(".PP\n\\&.hidden is no request."))
        let requests = Set(page.split(separator: "\n").filter { $0.hasPrefix(".") }.map { $0.prefix { $0 != " " } })
        #expect(requests == [".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I", ".RI"])
    }

    @Test func optionsAreThoseOfTheHelp() {
        #expect(CompletionCommand.options(sample) == ["--data", "--on-error", "--since", "--json", "--yes", "--help"])
        let all = Commands.all.filter { $0.name == "import" }.flatMap(CompletionCommand.options)
        #expect(all.contains("--header-row") && all.contains("--guard"))
    }

    @Test(arguments: CompletionCommand.Shell.allCases)
    func everyShellCompletesEveryCommand(shell: CompletionCommand.Shell) {
        let script = CompletionCommand.script(Commands.all, for: shell)
        let words = Set(script.split { !$0.isLetter && $0 != "-" }.map(String.init))
        for command in Commands.all where !command.isInternal { #expect(words.contains(command.name)) }
        let started = Commands.all.filter(\.isInternal).map { "\($0.name)) words" }
        #expect(!started.contains { script.contains($0) }, "what Bodega starts itself is nobody's to type")
    }
}
