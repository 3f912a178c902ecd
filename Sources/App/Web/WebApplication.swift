import Accounts
import AdminKit
import Blobs
import Catalog
import Database
import FastCGI
import Identity
import ImportEngine
import Jobs
import Money
import Operations
import Pictures
import Process
import Records
import Support
import Web

/// What a web worker does with requests: the routes of all features behind the Gatekeeper, on one connection.
///
/// The database is opened with the first request and again after it could not be: a worker that starts before the
/// disk is there answers 503 and recovers by itself.
final class WebApplication {
    private let settings: Settings
    private let environment: Environment
    private let log: Log
    private let limits: RequestLimits?
    private let downloads: DownloadShares?
    private let contract = ServedContract()
    private var opened: Opened?

    /// What belongs to an open database.
    private struct Opened {
        let connection: Connection
        let gatekeeper: Gatekeeper
        let configuration: Configuration
    }

    /// - Parameters:
    ///   - environment: nil for that of the data folder.
    ///   - rates: where all workers count requests; nil counts none.
    ///   - downloads: where downloads are counted; nil counts none.
    init(
        _ settings: Settings,
        environment: Environment? = nil,
        rates: RateTable? = nil,
        downloads: DownloadShares? = nil,
        log: Log
    ) {
        self.settings = settings
        self.environment = environment ?? DataFolder(settings.data).environment
        self.log = log
        limits = rates.flatMap { RequestLimits($0, settings) }
        self.downloads = downloads
    }

    /// The closures that a FastCGI worker calls.
    var handler: RequestHandler {
        RequestHandler(
            respond: respond,
            refuse: refuse,
            authorize: authorize,
            explainLostBody: { IncomingBodies(folder: DataFolder(self.settings.data).incoming).lossOfBody }
        )
    }

    /// The closures that a server of downloads calls.
    var downloadSource: DownloadSource {
        DownloadSource(
            open: { request in
                var principal: Principal?
                let response = self.respond(request) { principal = $0 }
                return (response, principal?.user.id)
            },
            refuse: refuse,
            stillAllowed: stillAllowed
        )
    }

    /// Whether the login or token of a request that is being answered for long is still good; that is no use of it.
    func stillAllowed(_ request: Request) -> Bool {
        (try? open().gatekeeper.stillAllows(request)) ?? false
    }

    var errors: ErrorResponses {
        ErrorResponses(shell: shell, log: log) { request in try self.open().gatekeeper.context(of: request).shell() }
    }

    /// The answer to a request, whatever happens.
    func respond(_ request: Request) -> Response { respond(request) { _ in } }

    /// - Parameter note: told which user makes the request, when that is known.
    private func respond(_ request: Request, note: (Principal) -> Void) -> Response {
        guard request.isAPI, request.headers["Origin"] != nil else {
            return answer(request, note: note).finished(for: request, log: log)
        }
        let crossOrigin = crossOrigin
        if let answer = crossOrigin.preflight(request) { return answer.finished(for: request, log: log) }
        return crossOrigin.marking(answer(request, note: note), for: request).finished(for: request, log: log)
    }

    /// The answer to something that never became a request.
    func refuse(_ error: WebError, _ refused: RefusedRequest) -> Response {
        let answer = errors.refusal(error, refused)
        guard refused.isAPI, !refused.origins.isEmpty else { return answer }
        return crossOrigin.marking(answer, forOrigins: refused.origins)
    }

    /// What other sites' pages may do just now; nothing while the database cannot be asked, which the answer itself
    /// says.
    private var crossOrigin: CrossOrigin {
        do {
            _ = try open()
            return CrossOrigin(try opened?.configuration.value(ConfigurationTable.corsOrigins) ?? [])
        } catch {
            return CrossOrigin([])
        }
    }

    private func answer(_ request: Request, note: (Principal) -> Void) -> Response {
        var principal: Principal?
        do {
            if request.segments == ["health"] { return try health(request) }
            let response = try open().gatekeeper.respond(to: request) {
                principal = $0
                note($0)
            }
            return try downloads?.admit(response, to: request, of: principal) ?? response
        } catch {
            return errors.response(to: request, of: principal, error)
        }
    }

    /// The answer to nginx before it reads a body. When it cannot be found out whose it is, no body is let in.
    func authorize(_ request: Request) -> WebError? {
        do {
            if let refusal = try open().gatekeeper.authorize(request) { return refusal }
        } catch {
            log.error("a request could not be authorized", ["reason": "\(error)", "request_id": request.id])
            return errors.webError(error)
        }
        let length = request.headers["Content-Length"].flatMap { Int64($0) }
        let bodies = IncomingBodies(folder: DataFolder(settings.data).incoming)
        return bodies.refusal(length: length, limit: settings.spoolLimit)
    }

    private func health(_ request: Request) throws -> Response {
        guard request.method != .options else { return .options([.get, .head, .options]) }
        guard request.method == .get || request.method == .head else {
            throw WebError.methodNotAllowed([.get, .head, .options])
        }
        try request.checkParameters([])
        return Health(folder: DataFolder(settings.data), now: environment.now()).response { try open().connection }
    }

    /// The connection of this worker.
    func open() throws -> (connection: Connection, gatekeeper: Gatekeeper) {
        if let opened { return (opened.connection, opened.gatekeeper) }
        let connection = try DataFolder(settings.data).open(.web)
        connection.log = log
        let gatekeeper = Gatekeeper(
            try Router(Composition.routes),
            database: connection,
            environment: environment,
            settings: featureSettings(connection),
            publicURL: settings.publicURL,
            limits: limits,
            processes: .live
        )
        opened = Opened(
            connection: connection,
            gatekeeper: gatekeeper,
            configuration: Configuration(connection, overrides: settings.overrides)
        )
        return (connection, gatekeeper)
    }

    private func featureSettings(_ connection: Connection) -> FeatureSettings {
        var values = FeatureSettings()
        // A database that cannot be asked now is asked by each request, whose answer then says why.
        values[Currency.self] = try? CurrencyStore(connection).fixedCurrency()
        values[ConfigurationOverrides.self] = settings.overrides
        values[Shell.self] = shell
        values[UploadFolder.self] = UploadFolder(
            DataFolder(settings.data).uploads,
            limit: Int64(settings.uploadLimit)
        )
        values[ServedContract.self] = contract
        values[PictureLibrary.self] = PictureLibrary(Blobs(folder: DataFolder(settings.data).blobs))
        values[SiteAddress.self] = SiteAddress(publicURL: settings.publicURL)
        values[AuditQueue.self] = AuditQueue(DataFolder(settings.data).auditSpool, log: log)
        values[DashboardSources.self] = Composition.dashboard
        values[SharedSources.self] = Composition.shared
        values[JobDescriptions.self] = Composition.jobs
        values[ImportTargets.self] = Composition.targets
        values[EventTopics.self] = Composition.topics
        return values
    }

    /// What all pages of this installation share.
    private var shell: Shell {
        Shell(
            assets: StaticAssets(prefix: "/static/\(settings.staticHash)"),
            version: VersionCommand.version,
            navigation: Composition.navigation
        )
    }
}
