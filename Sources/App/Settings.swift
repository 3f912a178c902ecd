import Glibc
package import Identity
import Process
package import Support

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
    /// A port for plain HTTP where everybody is sent on to https; 0 for none.
    package var redirectPort = 0
    /// Addresses and networks, with commas between, of the proxies that are believed about who asks
    /// (`X-Forwarded-For`) and whether they came by TLS (`X-Forwarded-Proto`); empty to believe none.
    package var trustedProxies = ""
    /// Processes of the pool for short requests; 0 means four for each processor.
    package var webWorkers = 0
    /// Processes of the other pools; few, because each of them costs memory while it waits.
    package var loginWorkers = 2
    package var slowWorkers = 2
    package var uploadWorkers = 2
    package var exportWorkers = 2
    /// Seconds that one request may take.
    package var webTimeout = 10
    package var slowTimeout = 600
    /// Seconds that a download's reader may take nothing.
    package var downloadTimeout = 60
    /// Downloads at a time of one user, and of all.
    package var userDownloads = 8
    package var downloads = 64
    /// Jobs that run at a time.
    package var jobWorkers = 2
    /// Seconds after which a process that shows no sign of life is ended; one that keeps others from writing after a
    /// third of them.
    package var hangTimeout = 15
    /// The number of requests after which a worker is replaced.
    package var workerRequests = 100_000
    /// Bytes.
    package var bodyLimit = 1 << 20
    package var slowBodyLimit = 17 << 20
    package var uploadLimit = 4 << 30
    /// Bytes of bodies under way; beyond it a body over 64 KiB is refused with 503.
    package var spoolLimit = 64 << 30
    /// Bytes of uploads that one address may have under way.
    package var uploadShare = 16 << 30
    /// Seconds that a client may be silent while it sends a request.
    package var clientTimeout = 30
    /// Requests a second from one address; 0 for no limit. Taken from the configuration when nginx is set up.
    package var requestRate: Int64 = 200
    /// Sites whose pages may read what nginx itself answers. Taken from the configuration as well.
    package var crossOrigins: [String] = []
    /// Requests to the API a second from one token, one user, or one address that is not logged in; 0 for no limit.
    package var tokenRate = 200
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
    package var logFormat = "text"
    /// Where the output goes, when it does not go where it was sent.
    package var logFile: String?
    /// Bytes of a file in `logs/`, and how many older ones are kept.
    package var logFileSize = 32 << 20
    package var logFiles = 4
    /// Settings of the configuration that a flag or a variable fixes.
    package var overrides = ConfigurationOverrides.none

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
        for entry in Self.variablesOnly {
            if let text = variable(entry.variable) { try overrides.set(entry, text, from: entry.variable) }
        }
        if !data.hasPrefix("/") { data = "\(currentFolder())/\(data)" }
        while data.count > 1, data.hasSuffix("/") { data.removeLast() }
        // Children have other working folders.
        logFile = logFile.map { Files.absolute($0) }
        try checkForNginx()
        if webWorkers == 0 { webWorkers = 4 * Int(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
    }

    /// Refuses what could not be written into nginx's configuration as the one word that it is.
    private func checkForNginx() throws(UsageError) {
        let paths = [("data", data), ("certificate", certificate ?? ""), ("certificate-key", certificateKey ?? "")]
        for (name, path) in paths {
            guard !path.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x24 || $0 == 0x5C }) else {
                throw UsageError("--\(name) may not hold quotes, $, backslashes or control characters.")
            }
        }
        guard (certificate == nil) == (certificateKey == nil) else {
            throw UsageError("--certificate and --certificate-key go together.")
        }
        guard redirectPort == 0 || (certificate != nil && redirectPort != port) else {
            throw UsageError("--redirect-port is another port than --port, and leads to https: it needs --certificate.")
        }
        for proxy in proxies where !proxy.utf8.allSatisfy({ Self.addressBytes.contains($0) }) {
            throw UsageError("--trusted-proxies takes addresses like 10.0.0.1,10.1.0.0/16, not '\(proxy)'.")
        }
        if let publicURL, !Self.isOrigin(publicURL) {
            throw UsageError("--public-url is an origin like https://shop.example, not '\(publicURL)'.")
        }
    }

    private static let addressBytes = Set("0123456789abcdefABCDEF.:/".utf8)

    private static func isOrigin(_ text: String) -> Bool {
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:/[]".utf8)
        return (text.hasPrefix("https://") || text.hasPrefix("http://")) && text.utf8.allSatisfy(allowed.contains)
    }

    /// One by one.
    var proxies: [String] { trustedProxies.split(separator: ",").map { String($0).trimmed } }

    /// `NAME=value` of every setting, for processes that are started with the same choices.
    package var environment: [String] {
        SettingOption.all.compactMap { option in option.text(self).map { "\(option.variable)=\($0)" } }
            + Self.variablesOnly.compactMap { entry in overrides[entry].map { "\(entry.variable)=\($0)" } }
    }

    /// Settings of the configuration that no flag fixes, only a variable.
    private static let variablesOnly: [ConfigurationEntry] = {
        let flags = Set(SettingOption.all.map(\.variable))
        return Composition.settings.all.filter { !flags.contains($0.variable) }
    }()

    /// The environment of this process with these settings in it, and marked as ours.
    package var childEnvironment: [String] {
        let settings = SettingOption.all.map(\.variable) + Self.variablesOnly.map(\.variable)
        let own = Set(settings + [markVariable, Handover.variable])
        let others = currentEnvironment().filter { !own.contains(String($0.prefix { $0 != "=" })) }
        return others + environment + [mark]
    }

    /// The entry by which processes of this data folder are recognised, see `Leftovers`.
    package var mark: String { "\(markVariable)=\(data)" }

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
