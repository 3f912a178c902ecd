import App
import Glibc

/// The one executable: every process of a running Bodega is a command of it.
@main
enum Bodega {
    static func main() {
        exit(CommandLineTool.run(Array(CommandLine.arguments.dropFirst()), commands: Commands.all))
    }
}
