import Database
import Glibc
import Process
import Support
import Web

/// Whether this program would run with these settings: it answers a request by itself, and nginx takes its
/// configuration. What runs for the data folder is not touched.
struct ServeCheck {
    private var settings: Settings
    private let folder: DataFolder

    /// The exit status when all is well but the schema, which is to be brought up to date first.
    static let schemaIsPending: Int32 = 2

    init(_ settings: Settings) {
        self.settings = settings
        folder = DataFolder(settings.data)
    }

    /// - Parameter running: the supervisor that runs now for the data folder.
    mutating func run(beside running: ProcessIdentity?) throws -> Int32 {
        try folder.make()
        let runtime = RuntimeFolder.path(for: settings.data, user: geteuid(), environment: environmentVariable)
        // As at a start: what runs already keeps running.
        if running == nil {
            try RuntimeFolder.make(runtime)
            try StartRequirements.check([folder.path, folder.incoming, runtime])
        }
        try StaticFiles.find(for: &settings, program: Renewal.programPath)
        try requireFreePorts(beside: running)
        let nginx = NginxFiles(Server.configuration(settings, runtimeFolder: runtime), folder: folder)
        if let complaint = try nginx.complaint() { throw CommandError("nginx refuses its configuration: \(complaint)") }
        guard try isSchemaCurrent() else { return Self.schemaIsPending }
        try requireAnswer()
        return 0
    }

    /// Ports at which the running one listens are its own, and what is left of one that was killed ends with the start.
    private func requireFreePorts(beside running: ProcessIdentity?) throws {
        guard running != nil || Server.leftovers(settings).find().isEmpty else { return }
        let text = running.flatMap { _ in try? Files.read("\(folder.nginx)/nginx.conf") } ?? []
        let present = String(decoding: text, as: UTF8.self)
        for (port, option) in [(settings.port, "--port"), (settings.redirectPort, "--redirect-port")] where port > 0 {
            guard !present.contains("listen \(settings.address):\(port)") else { continue }
            try PortCheck.requireFree(address: settings.address, port: port, option: option)
        }
    }

    private func isSchemaCurrent() throws -> Bool {
        guard Files.exists(folder.database) else { return false }
        do throws(DatabaseError) {
            return try Composition.migrator.isCurrent(try Connection(path: folder.database, role: .maintenance))
        } catch {
            guard error.kind == .migration else { throw error }
            throw CommandError("The database in \(folder.path) is not one of this version: \(error.message).")
        }
    }

    private func requireAnswer() throws {
        guard let request = Request(.get, "/health", id: "check") else { return }
        let response = WebApplication(settings, log: settings.log("serve")).respond(request)
        guard response.status == 200 else {
            throw CommandError("It does not answer: /health says \(response.status).")
        }
    }
}
