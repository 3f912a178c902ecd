import Process
import Support

/// `bodega version`.
enum VersionCommand {
    static let version = "0.1.0"

    static let command = Command("version", "print the version") { arguments in
        try arguments.finish()
        print("bodega \(version)")
        return 0
    }
}
