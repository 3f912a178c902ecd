import App
import Glibc

/// The one executable: every process of a running Bodega is a command of it.
@main
enum Bodega {
    static func main() {
        // A limit on the size of files must show itself as a failed write, as a full disk does, not as a death.
        signal(SIGXFSZ, SIG_IGN)
        exit(CommandLineTool.run(Array(CommandLine.arguments.dropFirst()), commands: Commands.all))
    }
}
