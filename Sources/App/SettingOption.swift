import Catalog
import Identity
import ImportKit
import Support

/// A setting as flag and variable.
struct SettingOption: Sendable {
    /// Where the value goes and what it may be.
    enum Target: Sendable {
        case text(any WritableKeyPath<Settings, String> & Sendable)
        case optional(any WritableKeyPath<Settings, String?> & Sendable)
        case choice(any WritableKeyPath<Settings, String> & Sendable, [String])
        case number(any WritableKeyPath<Settings, Int> & Sendable, ClosedRange<Int>)
        /// One that an administrator may also choose while Bodega runs; here it is fixed.
        case configuration(ConfigurationEntry)
    }

    let name: String
    let help: String
    let target: Target

    init(_ name: String, _ target: Target, _ help: String) {
        self.name = name
        self.target = target
        self.help = help
    }

    /// A flag for a setting of the configuration.
    private init(_ name: String, _ entry: ConfigurationEntry) {
        let defaultValue = entry.defaultValue ?? ""
        self.init(name, .configuration(entry), "fixes '\(entry.key)' of the configuration (\(defaultValue))")
    }

    /// `web-workers` → `BODEGA_WEB_WORKERS`.
    var variable: String {
        if case .configuration(let entry) = target { return entry.variable }
        return "BODEGA_\(name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined())"
    }

    func set(_ text: String, from source: String, in settings: inout Settings) throws(UsageError) {
        switch target {
        case .text(let path): settings[keyPath: path] = text
        case .optional(let path): settings[keyPath: path] = text
        case .choice(let path, let words):
            guard words.contains(text) else {
                throw UsageError("\(source) takes \(words.joined(separator: " or ")), not '\(text)'.")
            }
            settings[keyPath: path] = text
        case .configuration(let entry): try settings.overrides.set(entry, text, from: source)
        case .number(let path, let range):
            guard let value = Int(text), range.contains(value) else {
                throw UsageError(
                    "\(source) takes a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'."
                )
            }
            settings[keyPath: path] = value
        }
    }

    func text(_ settings: Settings) -> String? {
        switch target {
        case .text(let path), .choice(let path, _): settings[keyPath: path]
        case .optional(let path): settings[keyPath: path]
        case .configuration(let entry): settings.overrides[entry]
        case .number(let path, _): String(settings[keyPath: path])
        }
    }

    /// For `--help`.
    static var help: [String] { all.map { "--\($0.name)  \($0.help)" } }

    static let all: [SettingOption] = [
        SettingOption("data", .text(\.data), "data folder (default var)"),
        SettingOption("address", .text(\.address), "address to listen at (default 0.0.0.0)"),
        SettingOption("port", .number(\.port, 1...65_535), "port to listen at (default 8080)"),
        SettingOption("public-url", .optional(\.publicURL), "origin that browsers see, behind a proxy"),
        SettingOption("certificate", .optional(\.certificate), "TLS certificate chain (PEM)"),
        SettingOption("certificate-key", .optional(\.certificateKey), "TLS private key (PEM)"),
        SettingOption(
            "redirect-port",
            .number(\.redirectPort, 0...65_535),
            "port for plain HTTP that sends everybody on to https (0: none)"
        ),
        SettingOption(
            "trusted-proxies",
            .text(\.trustedProxies),
            "proxies in front, believed in X-Forwarded-For and -Proto (10.0.0.1,10.1.0.0/16)"
        ),
        SettingOption("web-workers", .number(\.webWorkers, 0...512), "processes for short requests (0: 4 a core)"),
        SettingOption("login-workers", .number(\.loginWorkers, 1...512), "processes for passwords (2)"),
        SettingOption("slow-workers", .number(\.slowWorkers, 1...512), "processes for long requests (2)"),
        SettingOption("upload-workers", .number(\.uploadWorkers, 1...512), "processes for uploads (2)"),
        SettingOption("export-workers", .number(\.exportWorkers, 1...64), "processes for downloads (2)"),
        SettingOption(
            "job-workers",
            .number(\.jobWorkers, 1...64),
            "jobs that run at a time (2); beside long jobs of other kinds an import has a place of its own"
        ),
        SettingOption(
            "hang-timeout",
            .number(\.hangTimeout, 1...3600),
            "seconds after which a process without any sign of life is ended and replaced (15)"
        ),
        SettingOption("imports", ImportSettings.order.entry),
        SettingOption("upload-days", ImportSettings.uploadDays.entry),
        SettingOption("history-days", ImportSettings.historyDays.entry),
        SettingOption("web-timeout", .number(\.webTimeout, 1...3600), "seconds for a short request (10)"),
        SettingOption("slow-timeout", .number(\.slowTimeout, 1...86_400), "seconds for a long request (600)"),
        SettingOption(
            "download-timeout",
            .number(\.downloadTimeout, 1...3600),
            "seconds that the reader of a download may take nothing (60)"
        ),
        SettingOption(
            "user-downloads",
            .number(\.userDownloads, 1...65_536),
            "downloads at a time of one user (8)"
        ),
        SettingOption("downloads", .number(\.downloads, 1...65_536), "downloads at a time of all users (64)"),
        SettingOption(
            "worker-requests",
            .number(\.workerRequests, 1...1_000_000_000),
            "requests after which a worker is replaced (100000)"
        ),
        SettingOption("body-limit", .number(\.bodyLimit, 1024...(64 << 20)), "bytes of a request (1 MiB)"),
        SettingOption(
            "slow-body-limit",
            .number(\.slowBodyLimit, 1024...(256 << 20)),
            "bytes of a request to the pool for long ones (17 MiB)"
        ),
        SettingOption("upload-limit", .number(\.uploadLimit, 1024...(1 << 40)), "bytes of an upload (4 GiB)"),
        SettingOption(
            "spool-limit",
            .number(\.spoolLimit, 65_536...(1 << 44)),
            "bytes of bodies under way; beyond it a body over 64 KiB is refused with 503 (64 GiB)"
        ),
        SettingOption(
            "upload-share",
            .number(\.uploadShare, 65_536...(1 << 44)),
            "bytes of uploads under way from one address (16 GiB; half of it for large ones, at least one)"
        ),
        SettingOption(
            "client-timeout",
            .number(\.clientTimeout, 1...3600),
            "seconds a client may be silent while it sends (30)"
        ),
        SettingOption("request-rate", ConfigurationTable.requestRate.entry),
        SettingOption(
            "token-rate",
            .number(\.tokenRate, 0...1_000_000),
            "requests to the API a second from one token, twice as many at once (200; 0: no limit)"
        ),
        SettingOption("cors-origins", ConfigurationTable.corsOrigins.entry),
        SettingOption(
            "upload-connections",
            .number(\.uploadConnections, 0...65_535),
            "uploads at a time from one address (16; 0: no limit)"
        ),
        SettingOption(
            "stream-connections",
            .number(\.streamConnections, 0...65_535),
            "event streams at a time from one address (256; 0: no limit)"
        ),
        SettingOption("nginx", .text(\.nginx), "nginx to start (default nginx)"),
        SettingOption("static-folder", .text(\.staticFolder), "folder with static files"),
        SettingOption("static-hash", .text(\.staticHash), "version in the addresses of static files"),
        SettingOption(
            "log-level",
            .choice(\.logLevel, Log.Level.allCases.map(\.rawValue)),
            "lines of the output: debug, info, warning or error, and above (info)"
        ),
        SettingOption(
            "log-format",
            .choice(\.logFormat, Log.Format.allCases.map(\.rawValue)),
            "what they look like: text or json (text)"
        ),
        SettingOption("log-file", .optional(\.logFile), "file for the output instead of where it goes now"),
        SettingOption(
            "log-file-size",
            .number(\.logFileSize, 65_536...(1 << 40)),
            "bytes after which a file in logs/ is put aside (32 MiB)"
        ),
        SettingOption("log-files", .number(\.logFiles, 1...1000), "how many that were put aside are kept of each (4)"),
    ]
}
