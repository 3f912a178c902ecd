import Database
import Identity
import Records
import Support
import TestSupport
import Testing
import Web

@testable import Customers

/// `/api/customers` as programs use it, and the pages.
@Suite("API and pages of customers") struct CustomerAPITests {
    private static let marta: JSON = [
        "customer_code": "C-1", "first_name": "Marta", "last_name": "Oliveira", "email": "Marta@Example.com",
        "phone": "+351 210 000 000", "city": "Porto", "country": "Portugal",
    ]
    private static let personal = ["Marta", "Oliveira", "marta@", "210000000", "Porto"]

    @Test func aCustomerIsMadeChangedDeletedAndRestored() throws {
        let house = try CustomerHouse()
        let client = try house.client(.editor)
        let made = try client.json(.post, "/api/customers", Self.marta)
        #expect(
            made.status == 201 && made.headers["Location"] == "/api/customers/1" && made.headers["ETag"] == "\"1-1\""
        )
        #expect(made.json?["email"] == "marta@example.com" && made.json?["country"] == "PT")
        #expect(made.json?["optout"] == false && made.json?["contactable"] == true)
        let twin = try client.json(.post, "/api/customers", ["customer_code": "c-1 "])
        #expect(twin.status == 409 && twin.isProblem("customer_code_taken") && twin.json?["existing_id"] == 1)
        let byCode = try client.get("/api/customers/by-code/c-1")
        #expect(byCode.json == made.json)
        var stale = Fields.headers()
        stale.set("If-Match", "\"1-9\"")
        let refused = try client.json(.patch, "/api/customers/1", ["city": "Lisboa"], headers: stale)
        #expect(refused.status == 412)
        let changed = try client.json(.patch, "/api/customers/1", ["city": "Lisboa", "email": nil])
        #expect(changed.json?["city"] == "Lisboa" && changed.json?["email"]?.isNull == true)
        let same = try client.json(.put, "/api/customers/1", try #require(changed.json))
        #expect(same.status == 200 && same.json == changed.json)
        #expect(try client.send(Call(.delete, "/api/customers/1")).status == 204)
        #expect(try client.get("/api/customers/1").status == 404)
        #expect(try client.get("/customers/1").status == 410)
        let back = try client.json(.post, "/api/customers/1/restore", ["version": 1])
        #expect(back.status == 200 && back.json?["city"] == "Porto" && back.json?["version"] == 4)
        let history = try client.get("/api/customers/1/history").json?["items"]?.arrayValue ?? []
        #expect(history.compactMap { $0["change"]?.stringValue } == ["restore", "delete", "update", "create"])
    }

    @Test func whatIsWrongIsSaidAtItsField() throws {
        let house = try CustomerHouse()
        let client = try house.client(.editor)
        let answer = try client.json(
            .post,
            "/api/customers",
            ["email": "nobody", "country": "Atlantis", "language": "xx", "bounced": 1, "nickname": "M", "id": 7]
        )
        #expect(answer.status == 422)
        let problems = (answer.json?["errors"]?.arrayValue ?? []).map {
            "\($0["field"]?.stringValue ?? "") \($0["code"]?.stringValue ?? "")"
        }
        #expect(
            problems.sorted() == [
                "bounced wrong_type", "country bad_country", "customer_code required", "email bad_email",
                "id read_only", "language bad_language", "nickname unknown_field",
            ]
        )
    }

    @Test func listsFilterSortAndPage() throws {
        let house = try CustomerHouse()
        let client = try house.client(.editor)
        for number in 1...5 {
            let body: JSON = [
                "customer_code": .string("C-\(6 - number)"), "last_name": .string(number < 3 ? "Silva" : "Costa"),
                "optout": .bool(number == 1), "country": number == 2 ? "ES" : "PT",
            ]
            #expect(try client.json(.post, "/api/customers", body).status == 201)
        }
        func codes(_ query: String) throws -> [String] {
            let answer = try client.get("/api/customers?\(query)")
            return (answer.json?["items"]?.arrayValue ?? []).compactMap { $0["customer_code"]?.stringValue }
        }
        #expect(try codes("") == ["C-1", "C-2", "C-3", "C-4", "C-5"])
        #expect(try codes("q=silv") == ["C-4", "C-5"] && codes("q=c-3") == ["C-3"] && codes("q=%25") == [])
        #expect(try codes("optout=true") == ["C-5"] && codes("country=spain") == ["C-4"])
        #expect(try codes("sort=-customer_code") == ["C-5", "C-4", "C-3", "C-2", "C-1"])
        let first = try client.get("/api/customers?sort=customer_code&limit=2&include=total").json
        #expect(first?["total"] == 5)
        let next = try #require(first?["next"]?.stringValue)
        let second = try client.get(next).json?["items"]?.arrayValue ?? []
        #expect(second.compactMap { $0["customer_code"]?.stringValue } == ["C-3", "C-4"])
        #expect(try client.get("/api/customers?optout=perhaps").isProblem("bad_boolean"))
        #expect(try client.get("/api/customers?colour=red").isProblem("unknown_parameter"))
    }

    /// Who may only read customers learns of nobody who they are: not by lists, pages, history, filters or errors.
    @Test func viewersSeeNobody() throws {
        let house = try CustomerHouse()
        let editor = try house.client(.editor)
        _ = try editor.json(.post, "/api/customers", Self.marta)
        _ = try editor.json(.patch, "/api/customers/1", ["first_name": "Martina"])
        let viewer = try house.client(.viewer)
        for path in [
            "/api/customers", "/api/customers/1", "/api/customers/by-code/C-1", "/api/customers/1/history",
            "/customers",
            "/customers/1",
        ] {
            let (seen, whole) = (try viewer.get(path), try editor.get(path))
            #expect(seen.status == 200 && whole.status == 200, "\(path)")
            for word in Self.personal { #expect(!seen.text.contains(word), "\(path) shows \(word)") }
            #expect(Self.personal.contains { whole.text.contains($0) }, "\(path) has nothing to hide")
        }
        #expect(try viewer.get("/api/customers/1").json?["email"] == "m•••••@example.com")
        for filter in ["q=marta", "email=marta%40example.com", "city=Porto", "phone=1", "postal_code=1"] {
            #expect(try viewer.get("/api/customers?\(filter)").status == 403, "\(filter)")
            #expect(try viewer.get("/customers?\(filter)").status == 403, "\(filter)")
        }
        #expect(try viewer.get("/api/customers?country=PT").json?["items"]?.arrayValue?.count == 1)
        #expect(try viewer.json(.patch, "/api/customers/1", ["city": "X"]).status == 403)
        // Nor does the audit trail say it.
        let trail = try house.database.all(
            "SELECT COALESCE(before, '') || COALESCE(after, '') FROM audit_log"
        ) { $0.text(0) }.joined()
        for word in Self.personal { #expect(!trail.contains(word), "the trail shows \(word)") }
        #expect(trail.contains("customer_code"))
    }

    @Test func everythingHeldIsGivenToWhoMayHaveIt() throws {
        let house = try CustomerHouse()
        let admin = try house.client(.admin)
        _ = try admin.json(.post, "/api/customers", Self.marta)
        _ = try admin.json(.patch, "/api/customers/1", ["first_name": "Martina"])
        let file = try admin.get("/api/customers/1/data")
        #expect(file.status == 200 && file.headers["Cache-Control"] == "no-store")
        #expect(file.json?["customer"]?["first_name"] == "Martina" && file.text.contains("Marta"))
        #expect(try house.client(.editor).get("/api/customers/1/data").status == 403)
    }
}
