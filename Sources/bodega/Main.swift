import App
import Catalog
import Database
import Glibc
import Support

@main
struct Main {
    static func main() {
        var a = Arguments(Array(CommandLine.arguments.dropFirst()))
        do {
            let data = DataFolder(try a.option("data") ?? "var")
            switch try a.next("COMMAND") {
            case "migrate":
                try data.create()
                let c = try Connection(path: data.database, role: .maintenance)
                print(try Composition.migrator.up(c))
                _ = try ProductSearch(c, role: .maintenance)
            case "import": exit(try ImportCommand.run(&a, data: data))
            case "work": exit(try WorkCommand.run(&a, data: data))
            case "index": exit(try IndexCommand.run(&a, data: data))
            case "digest": exit(try DigestCommand.run(&a, data: data))
            default: print("?")
            }
        } catch { print("error:", error); exit(1) }
    }
}
