import AdminKit
import AdminKitTestSupport
import Markup
import Support
import Testing
import Web

@Suite struct ListStateTests {
    private let state = ListState(
        path: "/products",
        query: ["q": "red & dry", "sort": "-price", "cursor": "abc", "from": "51"],
        defaultSort: "-id"
    )

    @Test func linksKeepWhatTheyDoNotChangeAndLeadToTheFirstPage() {
        #expect(state.link([("status", "draft")]) == "/products?q=red%20%26%20dry&sort=-price&status=draft")
        #expect(state.link([("q", nil)]) == "/products?sort=-price")
        #expect(state.link([("q", nil), ("sort", "")]) == "/products")
    }

    @Test func pagesKeepFiltersAndOrder() {
        #expect(state.page(cursor: "x=", from: 101) == "/products?q=red%20%26%20dry&sort=-price&cursor=x%3D&from=101")
        #expect(state.page(cursor: nil, from: 1) == "/products?q=red%20%26%20dry&sort=-price")
    }

    @Test func actionsTakeTheFiltersOnly() {
        #expect(state.action("/products/delete") == "/products/delete?q=red%20%26%20dry")
    }
}

@Suite struct ListPageTests {
    private let rules = ListRules(
        sorts: ["id", "price"],
        defaultSort: ListSort("id", descends: true),
        filters: ["q", "status"]
    )

    private func page(_ query: String) throws -> ListPage {
        try ListPage(try #require(Request(.get, "/products?\(query)")), rules, path: "/products", flags: ["done"])
    }

    private func next(_ page: ListPage, _ ids: [Int64]) -> String? {
        page.pagination(ids, total: .exactly(99), Noun("product", "products")) { [.int($0)] }.next
    }

    @Test func blankFiltersAndFlagsSayNothing() throws {
        let page = try page("q=a&status=%20&done=saved&sort=price")
        #expect(page.state.link([]) == "/products?q=a&sort=price")
        #expect(page.query.filters["done"] == "saved" && page.limit == 51)
        #expect(throws: WebError.self) { try self.page("don=saved") }
    }

    @Test func theNextPageBeginsBehindTheLastOneShown() throws {
        let first = try page("q=a")
        #expect(next(first, Array(1...50)) == nil)
        let link = try #require(next(first, Array(1...51)))
        #expect(link.hasSuffix("&from=51") && link.hasPrefix("/products?q=a&cursor="))
        let second = try page(String(link.dropFirst("/products?".count)))
        #expect(try second.query.entryID() == 50)
        let shown = second.pagination([Int64](51...60), total: .exactly(60), Noun("a", "b")) { [.int($0)] }
        #expect(shown.from == 51 && shown.count == 10 && shown.next == nil && shown.first == "/products?q=a")
    }

    @Test func aPageThatComesInTheListsOwnOrderLeadsToTheNextOne() throws {
        var first = try page("q=a&sort=price")
        first.dropSort()
        let link = try #require(next(first, Array(1...51)))
        #expect(try page(String(link.dropFirst("/products?".count))).query.entryID() == 50)
    }
}

@Suite struct TableTests {
    private func table(sort: String?) -> HTML {
        Table(
            "Things",
            columns: [
                Column<Int>("Name", sortKey: "name", isRowHeading: true) { HTML(escaping: hostile("\($0)")) },
                .number("Price") { "\($0)" },
            ],
            rows: [7],
            state: ListState(path: "/t", query: sort.map { ["q": "a", "sort": $0] } ?? ["q": "a"], defaultSort: "-id")
        ).html
    }

    @Test func headingsSortAndTurnRound() {
        #expect(table(sort: nil).text.contains("<a class=\"sort\" href=\"/t?q=a&amp;sort=name\">Name</a>"))
        #expect(!table(sort: nil).text.contains("aria-sort"))
        let ascending = table(sort: "name").text
        #expect(ascending.contains("aria-sort=\"ascending\"><a class=\"sort\" href=\"/t?q=a&amp;sort=-name\">"))
        let descending = table(sort: "-name").text
        #expect(descending.contains("aria-sort=\"descending\"><a class=\"sort\" href=\"/t?q=a&amp;sort=name\">"))
    }

    @Test func cellsCarryTheirHeadingForNarrowScreens() {
        let html = table(sort: nil)
        #expect(html.text.contains("<td role=\"cell\" class=\"number\" data-label=\"Price\"><div>7</div></td>"))
        #expect(html.text.contains("<th scope=\"row\" role=\"rowheader\">"))
        #expect(faults(in: html) == [])
        #expect(missing(["7"], in: html) == [])
    }

    @Test func aScrollingTableCanBeReachedByKeyboard() {
        let html = Table("Wide", columns: [Column<Int>("A") { "\($0)" }], rows: [1], narrow: .scrolling).html
        #expect(html.text.contains("role=\"region\" aria-label=\"Wide\" tabindex=\"0\""))
    }
}

@Suite struct FilterBarTests {
    private func bar(_ query: Fields) -> FilterBar {
        let state = ListState(path: "/p", query: query, defaultSort: "-id")
        return FilterBar(
            state: state,
            search: FormField("q", "Search", .search, value: state["q"]),
            fields: [
                FormField(
                    "status",
                    "Status",
                    .select([.init("", "All"), .init("draft", "Draft")]),
                    value: state["status"]
                )
            ],
            more: [FormField("sku", "SKU", value: state["sku"])],
            sorts: [.init("-id", "Newest"), .init("name", "Name")]
        )
    }

    @Test func everyFilterInForceCanBeRemovedAlone() {
        let html = bar(["q": hostile("q"), "status": "draft", "sort": "name"]).html
        #expect(html.text.contains(">Status: Draft"))
        #expect(html.text.contains("href=\"/p?status=draft&amp;sort=name\""), "removes the search, keeps the rest")
        #expect(html.text.contains("<a href=\"/p?sort=name\">Clear all filters</a>"))
        #expect(html.text.contains("<option value=\"name\" selected>"), "filtering keeps the order")
        #expect(missing(["q"], in: html) == [])
        #expect(faults(in: html) == [])
    }

    @Test func furtherFiltersOpenWhileOneIsInForce() {
        #expect(bar([:]).html.text.contains("<details class=\"more-filters\"><summary>"))
        #expect(bar(["sku": "A"]).html.text.contains("<details class=\"more-filters\" open><summary>"))
        #expect(!bar([:]).isNarrowed)
        #expect(bar(["sku": "A"]).isNarrowed)
    }
}

@Suite struct PaginationTests {
    @Test func saysWhereOneIs() {
        let noun = Noun("product", "products")
        #expect(
            Pagination(from: 51, count: 50, total: .exactly(1234), noun: noun).summary == "51–100 of 1,234 products"
        )
        #expect(Pagination(count: 50, total: .moreThan(10_000), noun: noun).summary == "1–50 of 10,000+ products")
        #expect(Pagination(count: 1, total: .exactly(1), noun: noun).summary == "1–1 of 1 product")
        #expect(Pagination(count: 0, total: .exactly(0), noun: noun).summary == "0 products")
        #expect(Pagination(from: .max, count: 2, total: .exactly(2), noun: noun).summary.hasSuffix("of 2 products"))
    }

    @Test func linksOnlyWhereThereIsAWay() {
        let last = Pagination(count: 1, total: .exactly(1), noun: Noun("a", "as")).html.text
        #expect(!last.contains("<a "))
        let middle = Pagination(
            count: 1,
            total: .exactly(9),
            noun: Noun("a", "as"),
            first: "/a",
            next: "/a?cursor=1&x=2"
        )
        #expect(middle.html.text.contains("href=\"/a?cursor=1&amp;x=2\">Next page</a>"))
        #expect(middle.html.text.contains("href=\"/a\">First page</a>"))
    }
}
