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

/// Every list that is a page reads its address in one way: what it does not know is refused, never ignored.
@Suite struct ListPageTests {
    private static let lists = ["/products", "/imports", "/jobs", "/users", "/tokens", "/audit", "/logs", "/webhooks"]

    private let house: TestHouse
    private let client: TestClient
    private let session: Fields

    init() throws {
        house = try AccessMatrix().house
        house.settings[Shell.self] = Shell(assets: StaticAssets(prefix: "/static/0"), version: "1.2.3")
        client = try house.client(Composition.routes)
        session = .headers(["Cookie": try house.logIn("admin@example.com").cookie])
    }

    @Test(arguments: lists)
    func whatAListDoesNotKnowIsRefused(_ path: String) throws {
        for query in ["x=1", "sort=x", "from=1&from=2", "cursor=1", "cursor=W10", "limit=0", "include=all"] {
            #expect(try client.get("\(path)?\(query)", headers: session).status == 400, "\(query)")
        }
        #expect(try client.get("\(path)?from=51", headers: session).status != 400)
    }

    @Test func jobsAreRefusedByWhatNoneCanHave() throws {
        for query in ["status=gone", "user_id=x", "sort=id", "kind=a&kind=b"] {
            #expect(try client.get("/jobs?\(query)", headers: session).status == 400, "\(query)")
            #expect(try client.get("/api/jobs?\(query)", headers: session).status == 400, "\(query)")
        }
        for query in ["", "?status=", "?kind=&status=completed&user_id=1", "?sort=-id"] {
            #expect(try client.get("/jobs\(query)", headers: session).status == 200, "\(query)")
        }
    }

    @Test func thePagesOfJobsFollowEachOther() throws {
        try house.database.write {
            for number in 1...120 {
                let order = JobStore.Order(kind: "test", displayName: "Job number \(number).")
                _ = try JobStore(house.database).add(
                    order,
                    publicID: "job-\(number)",
                    userID: nil,
                    context: house.context
                )
            }
        }
        var seen: [Int] = []
        var next: String? = "/jobs?kind=test"
        while let path = next {
            let page = try client.get(path, headers: session)
            #expect(page.status == 200, "\(path)")
            seen += page.text.matches(of: />Job number (\d+)\.<\/a>/).compactMap { Int($0.1) }
            next = page.text.firstMatch(of: /rel="next" href="([^"]+)"/).map {
                String($0.1).split(separator: "&amp;").joined(separator: "&")
            }
            #expect(next?.contains("kind=test") != false && seen.count <= 1000)
        }
        #expect(seen == Array((1...120).reversed()))
    }
}
