import Support
import Testing
import Web

@Suite struct ListsTests {
    private static let rules = ListRules(
        sorts: ["id", "name"],
        defaultSort: ListSort("id", descends: true),
        filters: ["q", "status"]
    )

    private func query(_ target: String) throws -> ListQuery {
        try ListQuery(try #require(Request(.get, target)), Self.rules)
    }

    private func failure(_ target: String) -> String {
        do {
            _ = try query(target)
            return "read"
        } catch {
            let error = error as? WebError
            return
                "\(error?.status ?? 0) \(error?.code ?? "") \(error?.problems.first?.field ?? ""): \(error?.detail ?? "")"
        }
    }

    @Test func defaultsAndValues() throws {
        let plain = try query("/api/products")
        #expect(plain.limit == 50)
        #expect(plain.sort == ListSort("id", descends: true))
        #expect(plain.after == nil)
        #expect(!plain.includesTotal)
        #expect(plain.filters.isEmpty)
        let full = try query("/api/products?limit=1000&sort=name&include=total&q=a+b&status=draft%2Cactive")
        #expect(full.limit == 1000)
        #expect(full.sort.description == "name")
        #expect(full.includesTotal)
        #expect(full.filters == ["q": "a b", "status": "draft,active"])
        #expect(try query("/x?sort=-name").sort.description == "-name")
        #expect(try query("/x?limit=1").limit == 1)
    }

    @Test(arguments: ["0", "1001", "", "+5", "05", "5.0", "5a", "-1", "99999999999999999999", "٥"])
    func refusesLimits(limit: String) {
        let text = failure("/x?limit=\(limit.percentEncoded)")
        #expect(text == "400 bad_limit limit: 'limit' takes a whole number from 1 to 1000.")
    }

    @Test(arguments: [
        (
            "/x?stauts=draft",
            "400 unknown_parameter stauts: There is no parameter 'stauts' here; "
                + "allowed are limit, cursor, sort, include, q, status."
        ),
        ("/x?q=a&q=b", "400 duplicate_parameter q: The parameter 'q' may stand once."),
        ("/x?limit=1&limit=1", "400 duplicate_parameter limit: The parameter 'limit' may stand once."),
        ("/x?sort=price", "400 bad_sort sort: 'sort' takes one of id, name, with '-' before it to descend."),
        ("/x?sort=--id", "400 bad_sort sort: 'sort' takes one of id, name, with '-' before it to descend."),
        ("/x?sort=", "400 bad_sort sort: 'sort' takes one of id, name, with '-' before it to descend."),
        ("/x?include=items", "400 bad_include include: 'include' can only be 'total'."),
    ])
    func refusesAndNames(target: String, expected: String) {
        #expect(failure(target) == expected)
    }

    @Test func nextKeepsTheQueryAndItsCursorComesBack() throws {
        let first = try query("/api/products?q=a%20%26b&limit=2&sort=-name&include=total")
        let values: [JSON] = ["Größe \"1\"", 7, nil, true]
        let next = first.next(after: values)
        #expect(next.hasPrefix("/api/products?q=a%20%26b&limit=2&sort=-name&include=total&cursor="))
        let second = try query(next)
        #expect(second.after == values)
        #expect(second.filters == ["q": "a &b"])
        #expect(second.limit == 2)
        let third = second.next(after: ["b", 9])
        #expect(third.split(separator: "cursor=").count == 2)
        #expect(try query(third).after == ["b", 9])
    }

    @Test func refusesCursorsOfOthers() throws {
        let own = try query("/x?sort=name").next(after: ["a", 1])
        let cursor = try #require(Request(.get, own)?.query["cursor"])
        #expect(failure("/x?sort=name&cursor=\(cursor)") == "read")
        let bad = "400 bad_cursor cursor: The cursor does not belong to this list and sort; begin again without it."
        let made = ["[\"name\"]", "[]", "{}", "[\"name\",[1]]", "[\"name\",{}]", "\"name\"", "[1,2]", "nonsense"]
        for text in made.map({ Array($0.utf8).base64URL }) + ["", "*", "\(cursor)=", "\(cursor)A", "a"] {
            #expect(failure("/x?sort=name&cursor=\(text.percentEncoded)") == bad, "\(text)")
        }
        #expect(failure("/x?sort=-name&cursor=\(cursor)") == bad)
        #expect(failure("/x?cursor=\(cursor)") == bad)
        let long = JSON.array(["name", .string(String(repeating: "x", count: 9000))]).bytes.base64URL
        #expect(failure("/x?sort=name&cursor=\(long)") == bad)
    }

    @Test func bodies() {
        #expect(ListQuery.body(items: [1], next: nil).text == "{\"items\":[1],\"next\":null}")
        let full = ListQuery.body(items: [], next: "/x?cursor=a", total: 3)
        #expect(full.text == "{\"items\":[],\"next\":\"/x?cursor=a\",\"total\":3}")
    }

    @Test func addressesWithoutParametersSaySo() throws {
        let request = try #require(Request(.get, "/api/me?debug=1"))
        do {
            try request.checkParameters([])
            Issue.record("an unknown parameter was taken")
        } catch {
            #expect(error.detail == "This address takes no parameters, not 'debug'.")
        }
        try request.checkParameters(["debug"])
    }
}
