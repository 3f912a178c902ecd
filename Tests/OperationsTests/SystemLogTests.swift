import AdminKit
import Database
import Identity
import IdentityTestSupport
import Jobs
import Support
import TestSupport
import Testing
import Web

@testable import Operations

/// A house with a spool, a collector, and a process that speaks.
final class LogHouse {
    let house: TestHouse
    let folder: TemporaryFolder
    let spool: LogSpool
    let log: Log
    let chores: [JobChore]
    let ada: User
    let client: TestClient

    init(limit: Int64 = 1 << 20, settings: [(String, String)] = []) throws {
        house = try TestHouse(
            migrations: IdentitySchema.migrations + JobsSchema.migrations + Operations.feature.migrations
        )
        house.settings[JobDescriptions.self] = JobDescriptions([])
        house.settings[Shell.self] = Shell(assets: StaticAssets(prefix: "/static/0"), version: "1.2.3")
        folder = try TemporaryFolder()
        spool = LogSpool(folder.file("spool"), limit: limit)
        try spool.prepare()
        log = Log(component: "web", threshold: .error, spool: spool, sink: { _ in })
        ada = try house.addUser("ada@example.com", .admin)
        client = try house.client(Operations.feature.routes)
        client.headers = .headers(["Authorization": "Bearer \(try house.addToken(for: ada, [.readLogs]))"])
        chores = Operations.feature.chores(
            ChoreSurroundings(
                house.database,
                Configuration(house.database),
                uploads: folder.path,
                scratch: folder.path,
                logSpool: spool
            )
        )
        for (key, value) in settings { try set(key, value) }
    }

    func set(_ key: String, _ value: String) throws {
        guard let entry = ConfigurationEntries(Operations.feature.settings).entry(key) else {
            throw TestFailure("no setting \(key)")
        }
        try ConfigurationStore(house.database).set([(entry, try entry.canonical(value))], context: house.context)
    }

    /// A collector as a new runner has it.
    func collector(on connection: Connection? = nil, level: Log.Level = .warning) -> LogCollector {
        LogCollector(connection ?? house.database, spool: spool) { level }
    }

    func collect() throws {
        let collector = collector()
        while try collector.step(.now()) {}
    }

    func lines(_ query: String = "") throws -> [JSON] {
        let answer = try client.get("/api/system-log?\(query)")
        return try #require(answer.json?["items"]?.arrayValue, "\(answer.text)")
    }

    func messages(_ query: String = "") throws -> [String] {
        try lines(query).compactMap { $0["message"]?.stringValue }
    }
}

@Suite struct LogCollectorTests {
    @Test func linesBecomeRows() throws {
        let house = try LogHouse()
        house.log.info("not kept")
        let session = ["request_id": "r-1", "user_id": "\(house.ada.id)", "session_id": "7"]
        house.log.error(
            "request failed",
            [
                "request_id": session["request_id"], "user_id": session["user_id"], "session_id": session["session_id"],
                "status": "500",
            ]
        )
        try house.collect()
        let line = try #require(try house.lines().first)
        #expect(try house.lines().count == 1)
        #expect(line["level"] == "error" && line["logger_name"] == "web" && line["message"] == "request failed")
        #expect(line["request_id"] == "r-1" && line["user_id"] == .int(house.ada.id) && line["session_id"] == 7)
        #expect(line["module"] == "OperationsTests/SystemLogTests" && line["function"] == "linesBecomeRows()")
        #expect(line["extra_data"]?["status"] == "500" && line["extra_data"]?["pid"]?.stringValue != nil)
        #expect(line["stack_trace"]?.isNull == true && line["job_id"]?.isNull == true)
    }

    @Test func theLevelIsASetting() throws {
        let house = try LogHouse()
        let collect = house.collector(level: .info)
        house.log.info("told")
        #expect(try !collect.step(.now()))
        #expect(try house.messages() == ["told"])
        let fewer = house.collector(level: .error)
        house.log.warning("not told")
        house.log.error("told too")
        #expect(try !fewer.step(.now()))
        #expect(try house.messages() == ["told too", "told"])
        #expect(try house.messages("level=error") == ["told too"])
    }

    /// Whoever collects next, after whatever end of the one before, adds each line once.
    @Test func nothingIsLostOrRepeatedByAnotherCollector() throws {
        let house = try LogHouse()
        for round in 0..<5 {
            for number in 0..<40 { house.log.warning("\(round * 40 + number)") }
            _ = try house.collector().step(.now())
        }
        // Two at the same time: the later one notices that it was overtaken.
        let (one, two) = (house.collector(), house.collector())
        _ = try one.step(.now())
        _ = try two.step(.now())
        house.log.warning("200")
        _ = try one.step(.now())
        house.log.warning("201")
        _ = try two.step(.now())
        _ = try two.step(.now())
        _ = try one.step(.now())
        _ = try one.step(.now())
        #expect(try house.messages("limit=1000&sort=id") == (0...201).map { "\($0)" })
    }

    @Test func aSpoolThatWasReadIsReplaced() throws {
        let house = try LogHouse()
        let long = String(repeating: "x", count: 1000)
        for number in 0..<200 { house.log.warning("\(number)", ["x": long]) }
        let size = try #require(Files.size(house.spool.path))
        let collector = house.collector()
        while try collector.step(.now()) {}
        _ = try collector.step(.now())
        #expect(size > 200_000)
        #expect(try #require(Files.size(house.spool.path)) < 100)
        house.log.warning("200")
        _ = try collector.step(.now())
        #expect(try house.messages("limit=1000&sort=id") == (0...200).map { "\($0)" })
    }

    @Test func whatCannotBeReadIsCounted() throws {
        let house = try LogHouse()
        try Files.replace(house.spool.path, with: Array("\u{1E}{\n\u{1E}nonsense\n".utf8))
        house.log.warning("good")
        try house.collect()
        #expect(try house.messages() == ["log lines could not be read", "good"])
        #expect(try house.lines()[0]["extra_data"]?["count"] == "2")
    }

    /// Somebody writes for long: the lines wait, nothing fails, and afterwards they are there.
    @Test func aBusyDatabaseIsLeftAlone() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("bodega.db")
        let database = try Connection(path: path, role: .maintenance)
        try Migrator(JobsSchema.migrations + Operations.feature.migrations).up(database)
        let other = try Connection(path: path, role: .web)
        let house = try LogHouse()
        let collector = house.collector(on: database)
        house.log.warning("waits")
        try other.write {
            for _ in 0..<5 {
                let isLeft = try collector.step(.now())
                #expect(isLeft, "there is something to do")
            }
        }
        #expect(try !collector.step(.now()))
        #expect(try SystemLogStore(database).list(.init(), limit: 10).map(\.message) == ["waits"])
    }

    /// As people see it: no escape sequence of whoever was logged gets as far as a terminal.
    @Test func controlCharactersDoNotGetIntoTheTable() throws {
        let house = try LogHouse()
        house.log.warning("a\u{1B}[2Jb\nc", ["path\u{9B}": "\u{202E}x", "request_id": "r\u{7}"])
        try house.collect()
        let line = try #require(try house.lines().first)
        #expect(line["message"] == #"a\u001b[2Jb\nc"#)
        #expect(line["extra_data"]?[#"path\u009b"#] == #"\u202ex"#)
        #expect(line["request_id"] == #"r\u0007"#)
    }

    @Test func ageAndNumberAreBounded() throws {
        let house = try LogHouse(settings: [("logs.rows", "1000"), ("logs.days", "2")])
        for number in 0..<1300 { house.log.warning("\(number)") }
        try house.collect()
        let retention = LogRetention(
            connection: house.house.database,
            configuration: Configuration(house.house.database)
        )
        while try retention.step(.now()) {}
        #expect(try house.client.get("/api/system-log?include=total&limit=1").json?["total"] == 1000)
        #expect(try house.messages("sort=id&limit=1") == ["300"])
        while try retention.step(Timestamp.now().adding(seconds: 3 * 86_400)) {}
        #expect(try house.messages() == [])
    }
}

@Suite struct LogAPITests {
    let house: LogHouse

    init() throws { house = try LogHouse() }

    @Test func theListAndItsFilters() throws {
        let job = try house.house.database.write {
            try JobStore(house.house.database).add(
                JobStore.Order(kind: "test", displayName: "A test", filename: "a.csv", options: [:]),
                publicID: "018f0000-0000-7000-8000-000000000001",
                userID: house.ada.id,
                context: house.house.context
            )
        }
        house.log.warning("The Disk is 90% full", ["path": "/srv/Übergröße"])
        house.log.adding(["job_id": job.publicID]).warning("the job failed", ["reason": "No_such column"])
        house.log.error("request failed", ["request_id": "r-2", "user_id": "\(house.ada.id)"])
        var work = house.log
        work.component = "work"
        work.error("gone", ["job_id": "018f0000-0000-7000-8000-00000000dead"])
        try house.collect()
        #expect(try house.messages() == ["gone", "request failed", "the job failed", "The Disk is 90% full"])
        #expect(try house.messages("level=error") == ["gone", "request failed"])
        #expect(try house.messages("level=info").count == 4)
        #expect(try house.messages("q=FULL%20disk") == ["The Disk is 90% full"])
        #expect(try house.messages("q=%C3%BCbergr%C3%B6sse") == ["The Disk is 90% full"], "folded, in what was added")
        #expect(try house.messages("q=0%25") == ["The Disk is 90% full"], "% is a character")
        #expect(try house.messages("q=no_such") == ["the job failed"])
        #expect(try house.messages("q=noXsuch") == [])
        #expect(try house.messages("job_id=\(job.publicID)") == ["the job failed"])
        #expect(try house.messages("job_id=018f0000-0000-7000-8000-00000000dead") == [])
        #expect(try house.messages("request_id=r-2") == ["request failed"])
        #expect(try house.messages("user_id=\(house.ada.id)") == ["request failed"])
        #expect(try house.messages("logger=work") == ["gone"])
        #expect(try house.messages("module=OperationsTests").count == 4)
        #expect(try house.messages("module=OperationsTests/SystemLogTests").count == 4)
        #expect(try house.messages("module=Operations") == [])
        #expect(try house.messages("since=2020-01-01&until=2100-01-01").count == 4)
        #expect(try house.messages("until=2020-01-01") == [])
        let first = try #require(try house.lines("logger=web&limit=1&q=job").first)
        #expect(first["job_id"]?.stringValue == job.publicID)
        #expect(try house.lines("logger=work")[0]["extra_data"]?["job_id"] == "018f0000-0000-7000-8000-00000000dead")
        let page = try #require(try house.client.get("/api/system-log?limit=3&include=total").json)
        #expect(page["total"] == 4)
        let next = try #require(page["next"]?.stringValue)
        #expect(try house.client.get(next).json?["items"]?.arrayValue?.count == 1)
        #expect(try house.client.get("/api/system-log/1").json?["message"] == "The Disk is 90% full")
        #expect(try house.client.get("/api/system-log/99").isProblem("not_found"))
    }

    @Test(arguments: [
        ("level=loud", "bad_level"), ("job_id=AAA", "bad_job"), ("user_id=x", "bad_number"),
        ("session_id=0", "bad_number"), ("since=yesterday", "bad_time"), ("lvel=error", "unknown_parameter"),
        ("cursor=x", "bad_cursor"),
    ])
    func aBadFilterIsRefused(query: String, code: String) throws {
        #expect(try house.client.get("/api/system-log?\(query)").isProblem(code))
    }

    @Test func onlyAdministratorsSeeIt() throws {
        let editor = try house.house.addUser("ed@example.com", .editor)
        let token = try house.house.addToken(for: editor, Set(Permission.all))
        house.client.headers = .headers(["Authorization": "Bearer \(token)"])
        for path in ["/logs", "/api/system-log", "/api/system-log/1"] {
            #expect(try house.client.get(path).status == 403, "\(path)")
        }
    }

    /// The page opens a line to everything that is known of it, escaped.
    @Test func thePage() throws {
        #expect(try house.client.get("/logs").text.contains("Nothing to worry about"))
        house.log.error(
            "<b>bad</b>",
            ["request_id": "0123456789abcdef", "user_id": "\(house.ada.id)", "reason": "'<script>\""]
        )
        try house.collect()
        let page = try house.client.get("/logs").text
        #expect(page.contains("<summary>&lt;b&gt;bad&lt;/b&gt;</summary>") && !page.contains("<script>\""))
        #expect(page.contains("/logs?request_id=0123456789abcdef\">01234567</a>"))
        #expect(page.contains("ada@example.com") && page.contains("1–1 of 1 line<"))
        #expect(page.contains("<dt>place</dt>") && page.contains("thePage(), line "))
        #expect(try house.client.get("/logs?q=nothing").text.contains("No line matches these filters"))
        #expect(try house.client.get("/logs?request_id=0123456789abcdef").text.contains("&lt;b&gt;bad"))
        #expect(try house.client.get("/logs?level=error&from=1").status == 200)
    }

    @Test func theCommand() throws {
        house.log.warning("one", ["a": "b c"])
        house.log.error("two", ["request_id": "r-1"])
        try house.collect()
        func run(_ words: String) throws -> [String] {
            var arguments = Arguments(words.split(separator: " ").map(String.init))
            var lines: [String] = []
            let environment = Environment(now: Timestamp.now, random: randomBytes)
            _ = try LogCommands.run(
                &arguments,
                database: house.house.database,
                environment: environment,
                out: { lines.append($0) },
                isStopped: { true }
            )
            return lines
        }
        let all = try run("")
        #expect(all.count == 2 && all[0].contains(" warning web: one a=\"b c\"") && all[1].contains("request_id=r-1"))
        #expect(try run("--level error").count == 1)
        #expect(try run("--since 1h --search one").count == 1)
        #expect(try run("--request r-1 --json").allSatisfy { try JSON.parse($0)["message"] == "two" })
        #expect(try run("--limit 1 --follow").count == 1)
        for words in ["--level loud", "--since soon", "--job x", "extra"] {
            #expect(throws: UsageError.self) { try run(words) }
        }
    }
}
