import Glibc
import Process
package import Support
import Web

/// Everything an operator may choose. Each value is a flag (`--web-workers 8`) or an environment variable
/// (`BODEGA_WEB_WORKERS=8`); the flag wins. The supervisor hands its values to its processes as variables.
package struct Settings: Sendable, Equatable {
    /// Absolute path of the data folder.
    package var data = "var"
    package var address = "0.0.0.0"
    package var port = 8080
    /// The origin under which browsers see us, when a proxy stands in front: `https://shop.example`.
    package var publicURL: String?
    package var certificate: String?
    package var certificateKey: String?
    /// Processes of the pool for short requests; 0 means four for each processor.
    package var webWorkers = 0
    package var slowWorkers = 4
    /// Seconds that one request may take.
    package var webTimeout = 10
    package var slowTimeout = 600
    /// Jobs that run at a time.
    package var jobWorkers = 2
    /// Whether imports and undos run one after another, `queue`, or beside each other, `parallel`.
    package var imports = "queue"
    /// Days for which uploads are kept after their job has ended.
    package var uploadDays = 30
    /// Days for which older versions of products are kept, and jobs can be undone.
    package var historyDays = 365
    /// A worker is replaced after so many requests.
    package var workerRequests = 100_000
    /// Bytes.
    package var bodyLimit = 1 << 20
    package var slowBodyLimit = 17 << 20
    package var uploadLimit = 4 << 30
    /// Seconds that a client may be silent while it sends a request.
    package var clientTimeout = 30
    /// Requests a second from one address; 0 for no limit.
    package var requestRate = 200
    /// Requests to the API a second from one token, one user, or one address that is not logged in; 0 for no limit.
    package var tokenRate = 200
    /// Origins whose pages may call the API, with spaces between them; empty for none.
    package var corsOrigins = ""
    /// Uploads at a time from one address; 0 for no limit.
    package var uploadConnections = 16
    /// Event streams at a time from one address; 0 for no limit.
    package var streamConnections = 256
    package var nginx = "nginx"
    /// Folder with style sheets, scripts and pictures; empty to look for it beside the program.
    package var staticFolder = ""
    /// Stands in the addresses of static files; empty to compute it.
    package var staticHash = ""
    package var logLevel = "info"

    package init() {}

    /// Takes the settings' flags out of the arguments and fills the rest from environment variables.
    package init(
        _ arguments: inout Arguments,
        variable: (String) -> String? = environmentVariable
    ) throws(UsageError) {
        for option in SettingOption.all {
            if let text = try arguments.option(option.name) {
                try option.set(text, from: "--\(option.name)", in: &self)
            } else if let text = variable(option.variable) {
                try option.set(text, from: option.variable, in: &self)
            }
        }
        if !data.hasPrefix("/") { data = "\(currentFolder())/\(data)" }
        while data.count > 1, data.hasSuffix("/") { data.removeLast() }
        guard !data.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x24 || $0 == 0x5C }) else {
            throw UsageError("--data may not hold quotes, $, backslashes or control characters.")
        }
        guard (certificate == nil) == (certificateKey == nil) else {
            throw UsageError("--certificate and --certificate-key go together.")
        }
        if let wrong = corsOrigins.split(separator: " ").first(where: { !CrossOrigin.isOrigin(String($0)) }) {
            throw UsageError("--cors-origins takes origins like https://shop.example, or *, not '\(wrong)'.")
        }
        if webWorkers == 0 { webWorkers = 4 * Int(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
    }

    /// `NAME=value` of every setting, for processes that are started with the same choices.
    package var environment: [String] {
        SettingOption.all.compactMap { option in option.text(self).map { "\(option.variable)=\($0)" } }
    }

    /// The environment of this process with these settings in it, and marked as ours.
    package var childEnvironment: [String] {
        let own = Set(SettingOption.all.map(\.variable) + [Settings.markVariable, Handover.variable])
        let others = currentEnvironment().filter { !own.contains(String($0.prefix { $0 != "=" })) }
        return others + environment + [mark]
    }

    private static let markVariable = "BODEGA_SUPERVISED"
    /// The entry by which processes of this data folder are recognised, see `Leftovers`.
    package var mark: String { "\(Settings.markVariable)=\(data)" }

    package var log: Log.Level { Log.Level(rawValue: logLevel) ?? .info }

    /// Where people find us.
    package var origin: String {
        if let publicURL { return publicURL }
        let scheme = certificate == nil ? "http" : "https"
        return "\(scheme)://\(address == "0.0.0.0" ? "localhost" : address):\(port)"
    }
}

/// The working folder.
private func currentFolder() -> String {
    guard let path = getcwd(nil, 0) else { return "" }
    defer { free(path) }
    let text = String(cString: path)
    return text == "/" ? "" : text
}
