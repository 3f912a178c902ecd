import AdminKit
import Database
import Identity
import IdentityTestSupport
import Jobs
import Support
import TestSupport
import Testing
import Web

@testable import App

/// What may be done with a job hangs on what kind of job it is: tried with a job of each, on every route that names
/// one.
@Suite(.serialized) struct JobAccessTests {
    private let matrix: AccessMatrix

    init() throws {
        matrix = try AccessMatrix()
    }

    /// Jobs by what they are called in the table.
    private static let jobs: [(what: String, kind: String, options: JSON)] = [
        ("an import", "product_import", ["mode": "upsert", "missing": "keep"]),
        ("an import that deletes", "product_import", ["mode": "delete"]),
        ("an import that deactivates", "product_import", ["mode": "upsert", "missing": "deactivate"]),
        ("an import of customers", "customer_import", ["mode": "upsert"]),
        ("a deletion", "product_delete", ["filter": ["sku": "A"]]),
        ("a removal of duplicates", "product_deduplicate", [:]),
        ("an undo of an import", "import_undo", ["of": ["kind": "product_import", "mode": "upsert"]]),
        ("an undo of an import that deletes", "import_undo", ["of": ["kind": "product_import", "mode": "delete"]]),
        ("an undo of an import of customers", "import_undo", ["of": ["kind": "customer_import"]]),
        ("an undo of a deletion", "import_undo", ["of": ["kind": "product_delete"]]),
        ("an undo of nobody knows what", "import_undo", [:]),
        ("a maintenance", "maintenance", ["task": "analyze"]),
        ("a check of the books", "books_check", [:]),
        ("a webhook replay", "webhook_replay", ["only": "failed"]),
        ("a job of another kind", "other", [:]),
    ]

    private func add(_ kind: String, _ options: JSON) throws -> Job {
        let id = matrix.house.environment.makeUUID()
        let order = JobStore.Order(kind: kind, displayName: "a job", options: options)
        return try matrix.house.database.write(.full) {
            try JobStore(matrix.house.database).add(order, publicID: id, userID: nil, context: matrix.house.context)
        }
    }

    @Test func everyKindSaysWhatItAsksFor() {
        let kinds = Composition.jobs.all.map(\.kind.name)
        #expect(Set(kinds).count == kinds.count && Set(kinds) == Set(Self.jobs.map(\.kind)).subtracting(["other"]))
        for job in Composition.jobs.all {
            #expect(!job.title.isEmpty && !job.inspecting.needed([:]).isEmpty, "\(job.kind.name)")
            #expect(!job.acting.always.isEmpty && !job.undoing.always.isEmpty, "\(job.kind.name)")
        }
    }

    /// Who may act on jobs of no kind is kept out before the job is looked at.
    @Test func routesThatActOnJobsAskForWhatTheKindsAskFor() {
        #expect(Composition.jobs.actors == [.runImports, .undoImports, .deleteProducts, .runJobs, .writeWebhooks])
        let acting = Composition.routes.filter { $0.access == .anyOf(Composition.jobs.actors) }
        #expect(
            Set(acting.map(AccessMatrix.name)).isSuperset(of: ["POST /api/jobs/{id}/cancel", "POST /jobs/{id}/retry"])
        )
        for route in Composition.routes {
            if case .gathered(let name) = route.access { Issue.record("\(route.path) is left to '\(name)'") }
        }
    }

    @Test func everyRouteThatNamesAJobIsInTheTable() {
        let found = Composition.routes.filter { route in
            let path = "\(route.path)"
            return ["/jobs/{id}", "/api/jobs/{id}", "/imports/{id}"].contains { "\(path)/".hasPrefix("\($0)/") }
        }
        #expect(Set(found.map(AccessMatrix.name)) == Set(AccessTable.jobRoutes.map(\.what)))
    }

    /// Who uses a job of that kind so, as in the table: by uses that come together all of what each needs.
    private func expected(_ uses: String, of what: String) -> String {
        let lines = uses.split(separator: " ").map { use -> String in
            let isOwn = ["a maintenance", "a check of the books"].contains(what)
            let isCatalogues = what != "a job of another kind"
            switch use {
            case "watch": return "viewer editor admin | read:jobs"
            case "inspect" where isOwn: return "viewer editor admin | read:jobs"
            case "inspect" where what.hasSuffix("customers"):
                return "editor admin | read:customers+read:jobs+write:customers"
            case "inspect" where what == "a webhook replay": return "editor admin | read:webhooks+read:jobs"
            case "inspect": return isCatalogues ? "viewer editor admin | read:products+read:jobs" : "admin | all"
            case "undo": return AccessTable.jobUses.first { $0.what == "undo \(what)" }?.who ?? "?"
            default: return AccessTable.jobUses.first { $0.what == "\(use) on \(what)" }?.who ?? "?"
            }
        }
        let parts = lines.map { $0.split(separator: " | ").map(String.init) }
        let roles = parts.map(\.[0]).min { $0.count < $1.count } ?? ""
        let scopes = Set(parts.flatMap { $0[1].split(separator: "+") }.map { Permission(rawValue: String($0)) })
        return "\(roles) | \(parts.contains { $0[1] == "all" } ? "all" : AccessMatrix.words(scopes))"
    }

    @Test func everyRouteAsksForWhatTheKindOfJobAsksFor() throws {
        for (what, kind, options) in Self.jobs {
            for (name, uses) in AccessTable.jobRoutes {
                let route = try #require(Composition.routes.first { AccessMatrix.name($0) == name })
                // Other jobs have no such page.
                guard ["product_import", "customer_import"].contains(kind) || !name.contains(" /imports/") else {
                    continue
                }
                let target = AccessMatrix.target(route, id: try add(kind, options).publicID)
                #expect(try matrix.who(route.method, target) == expected(uses, of: what), "\(name) of \(what)")
            }
        }
    }

    // MARK: What is seen of a job

    private func client(_ scopes: Set<Permission>) throws -> TestClient {
        let client = try matrix.house.client(Composition.routes)
        let user = try #require(try UserStore(matrix.house.database).find(email: "editor@example.com"))
        client.headers.set("Authorization", "Bearer \(try matrix.house.addToken(for: user, scopes))")
        return client
    }

    /// A job whose options, result and links all say something.
    private func rich() throws -> Job {
        let job = try add("product_import", ["mode": "delete"])
        try matrix.house.database.write {
            try matrix.house.database.execute(
                """
                UPDATE job SET status = 'failed', result = \(#"{"warnings":[{"rows":[{"value":"secret"}]}]}"#),
                    total_rows = 2, processed_rows = 2, failed_rows = 1, updated_rows = 1, file_kept = 1,
                    undo = 'possible', checkpoint = \(#"{"plan":"x"}"#) WHERE id = \(job.id)
                """
            )
        }
        return job
    }

    private func names(_ json: JSON?) -> Set<String> { Set((json?["links"]?.members ?? []).map(\.name)) }

    @Test func aJobShowsWhatItsReaderMayReadAndLinksWhatTheyMayDo() throws {
        let id = try rich().publicID
        let inspecting: Set<String> = ["errors", "errors_csv", "plan", "file", "attempts"]
        let acting: Set<String> = ["repair", "retry", "restart"]
        let everything = inspecting.union(acting).union(["undo"])
        let cases: [(scopes: Set<Permission>, links: Set<String>)] = [
            ([.readJobs], []), ([.readJobs, .readProducts], inspecting), ([.readJobs, .runImports], []),
            ([.readJobs, .deleteProducts, .runImports], acting), ([.readJobs, .undoImports], []),
            ([.readJobs, .deleteProducts, .undoImports], ["undo"]), (Role.editor.permissions, everything),
        ]
        for (scopes, links) in cases {
            let client = try client(scopes)
            let one = try client.get("/api/jobs/\(id)").json
            let listed = try client.get("/api/jobs").json?["items"]?.arrayValue?.first
            for json in [one, listed] {
                #expect(names(json) == links.union(["self", "events"]), "\(scopes)")
                let isRead = scopes.contains(.readProducts)
                #expect((json?["result"] == .null) == !isRead && (json?["options"] == .null) == !isRead)
                #expect(json?.text.contains("secret") == isRead && json?["status"] == "failed")
            }
        }
    }

    @Test func anEventShowsNoMoreThanTheJob() throws {
        let job = try rich()
        let stored = try #require(try JobStore(matrix.house.database).find(job.id))
        let data = stored.json(at: matrix.house.clock.now).text
        let gatekeeper = try matrix.house.gatekeeper(Composition.routes)
        func view(_ target: String, _ scopes: Set<Permission>) throws -> String {
            let client = try client(scopes)
            let headers = Fields.headers(["Authorization": client.headers["Authorization"] ?? ""])
            let request = try #require(Request(.get, target, headers: headers))
            guard case .events(let subscription) = try gatekeeper.respond(to: request).body else { return "no stream" }
            let frame = EventFrame(id: 1, event: "progress", data: data)
            return (subscription.view?(frame) ?? frame).data
        }
        for target in ["/api/jobs/\(job.publicID)/events", "/api/events?topics=jobs"] {
            let little = try view(target, [.readJobs])
            #expect(!little.contains("secret") && !little.contains("retry") && little.contains("\"failed\""))
            #expect(try view(target, Role.editor.permissions) == data)
        }
        // What tells of no job is left as it is.
        let rights = JobRights(Composition.jobs, [.readProducts])
        let product = EventFrame(id: 1, event: "product.created", data: #"{"id":1,"sku":"A"}"#)
        #expect(rights.view?(product) == product)
    }

    /// Whoever may do everything is shown every link that there is: none is missing from the table of uses.
    @Test func everyLinkIsKnown() throws {
        let rights = JobRights(Composition.jobs, Role.editor.permissions)
        for status in Job.Status.allCases {
            var job = try #require(try JobStore(matrix.house.database).find(try rich().id))
            job.status = status
            let json = job.json(at: matrix.house.clock.now)
            #expect(rights.trimmed(json) == json, "\(status)")
        }
    }
}
