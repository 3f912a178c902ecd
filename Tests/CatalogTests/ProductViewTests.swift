import AdminKit
import AdminKitTestSupport
import Catalog
import ImportEngine
import ImportKit
import Markup
import Money
import RecordKit
import Records
import Support
import Testing
import Web

private let noon = Timestamp(milliseconds: 1_795_262_400_000)
private let noun = Noun("product", "products")

@Suite struct ProductListViewTests {
    private func model(_ query: Fields, rows: [ProductRow], total: Pagination.Total) -> ProductListModel {
        let state = ListState(path: "/products", query: query, defaultSort: "-id")
        return ProductListModel(
            state: state,
            rows: rows,
            pagination: Pagination(
                from: 51,
                count: rows.count,
                total: total,
                noun: noun,
                first: state.page(cursor: nil, from: 1),
                next: state.page(cursor: "c", from: 101)
            ),
            currency: "EUR",
            canWrite: true,
            catalogueIsEmpty: false
        )
    }

    private let rows: [ProductRow] = [
        (104_881, "WINE-2019-RIOJA-RES-0.75", "Rioja Reserva 2019, Bodegas del Valle", "18.90", "active"),
        (104_880, "GLS-BRD-6", "Bordeaux glass, set of six", "1234.50", "active"),
        (104_879, "ACC/cork 12", "Corkscrew with foil cutter", nil, "draft"),
        (104_878, "WINE-2021-ALB", "Albariño 2021", "12.00", "archived"),
        (
            104_877, "0000000000000000000000000000000000000000000042",
            "A product whose name goes on for longer than any "
                + "column has room, as names from supplier feeds do", "7.25", "active"
        ),
    ].map { ProductRow(id: $0.0, sku: $0.1, name: $0.2, price: $0.3, status: $0.4, updatedAt: noon) }

    @Test func linksKeepTheStateOfTheList() {
        let page = ProductListView.html(
            model(["status": "active", "sku": "WINE", "sort": "-price"], rows: rows, total: .moreThan(10_000)),
            in: .mock(path: "/products")
        )
        #expect(faults(in: page) == [])
        #expect(page.text.contains("href=\"/products?status=active&amp;sku=WINE&amp;sort=name\">Name</a>"))
        #expect(page.text.contains("aria-sort=\"descending\"><a class=\"sort\""))
        #expect(
            page.text.contains(
                "href=\"/products?status=active&amp;sku=WINE&amp;sort=-price&amp;cursor=c&amp;from=101\""
            )
        )
        #expect(page.text.contains("href=\"/products/delete?status=active&amp;sku=WINE\""))
        #expect(page.text.contains("Delete all 10,000+ products that match…"))
        #expect(page.text.contains("51–55 of 10,000+ products"))
        render("products-filtered", page)
    }

    @Test func aTextSearchOffersTheOrderOfIdsOnly() {
        let page = ProductListView.html(
            model(["q": "rioja"], rows: rows, total: .exactly(5)),
            in: .mock(path: "/products")
        )
        #expect(!page.text.contains("sort=name"))
        #expect(page.text.contains("sort=id\">ID</a>"))
        #expect(!page.text.contains("<option value=\"-price\">"))
    }

    @Test func readersSeeNothingThatTheyMayNotDo() {
        var model = model([:], rows: rows, total: .exactly(1234))
        model.canWrite = false
        let page = ProductListView.html(model, in: .mock(path: "/products"))
        #expect(!page.text.contains("New product"))
        #expect(!page.text.contains("/products/delete"))
    }

    @Test func emptyStatesSayWhatToDo() {
        let none = ProductListView.html(model(["q": "zzz"], rows: [], total: .exactly(0)), in: .mock(path: "/products"))
        #expect(none.text.contains("No product matches"))
        #expect(faults(in: none) == [])
        render("products-none", none)
        var empty = model([:], rows: [], total: .exactly(0))
        empty.catalogueIsEmpty = true
        let page = ProductListView.html(empty, in: .mock(path: "/products"))
        #expect(page.text.contains("No products yet"))
        render("products-empty", page)
        let plain = model([:], rows: rows, total: .exactly(1234))
        render("products", ProductListView.html(plain, in: .mock(path: "/products")))
    }

    @Test func escapesEverything() {
        let row = ProductRow(
            id: 1,
            sku: hostile("sku"),
            name: hostile("name"),
            price: hostile("price"),
            status: hostile("status"),
            updatedAt: noon
        )
        var model = model(["q": hostile("q"), "sku": hostile("fsku")], rows: [row], total: .exactly(1))
        model.currency = hostile("currency")
        let page = ProductListView.html(model, in: .mock(path: "/products"))
        #expect(missing(["sku", "name", "price", "status", "q", "fsku", "currency"], in: page) == [])
        #expect(faults(in: page) == [])
    }
}

@Suite struct ProductEditViewTests {
    private let stored = ProductEditModel.Stored(
        id: 104_881,
        name: "Rioja Reserva 2019",
        status: "active",
        version: 7,
        createdAt: noon,
        updatedAt: noon
    )

    private var fields: [FormField] {
        let values = [
            "sku": "WINE-2019-RIOJA", "name": "Rioja Reserva 2019", "description": "Red fruit, vanilla, long finish.",
            "price": "18.90", "status": "active",
        ]
        return ProductFields.all.map { $0.record.formField(values[$0.name] ?? "", .euro) }
    }

    private let revisions: [RecordRevisionRow] = [
        RecordRevisionRow(
            version: 7,
            at: noon,
            actor: "Ana Ribera",
            kind: "update",
            changes: [
                .init(label: "Price", before: "17.50", after: "18.90"),
                .init(label: "Description", before: nil, after: "Red fruit, vanilla, long finish."),
            ]
        ),
        RecordRevisionRow(
            version: 1,
            at: noon.adding(seconds: -864_000),
            actor: "Import",
            job: Link("spring-2027.csv", "/imports/x"),
            kind: "create"
        ),
    ]

    @Test func theFieldTableDrivesTheForm() {
        let page = ProductEditView.html(
            ProductEditModel(stored: stored, fields: fields, revisions: revisions, canWrite: true),
            in: .mock(path: "/products/104881")
        )
        #expect(faults(in: page) == [])
        for field in ProductFields.all { #expect(page.text.contains("name=\"\(field.name)\"")) }
        #expect(page.text.contains("<input type=\"hidden\" name=\"version\" value=\"7\">"))
        #expect(page.text.contains("<option value=\"active\" selected>Active</option>"))
        #expect(page.text.contains("<del>17.50</del>"))
        render("product", page)
    }

    @Test func problemsStandAtTheTopAndAtTheirFields() {
        let shown = fields.showing([
            Problem("sku", "taken", "Another product has this SKU: use a different one, or edit that product."),
            Problem("price", "bad_price", "Price must be a positive amount in EUR, like 12.50."),
        ])
        let page = ProductEditView.html(
            ProductEditModel(stored: nil, fields: shown.fields, problems: shown.rest, canWrite: true),
            in: .mock(path: "/products/new")
        )
        #expect(faults(in: page) == [])
        #expect(page.text.contains("<title>Error: New product – Bodega</title>"))
        #expect(page.text.contains("<a href=\"#field-price\">Price must be"))
        #expect(page.text.contains("action=\"/products/new\""))
        #expect(!page.text.contains("History"))
        render("product-new-wrong", page)
    }

    @Test func aConflictShowsBothSides() {
        let conflict = ProductConflict(
            by: "Bruno Sanz",
            at: noon,
            differences: [.init(label: "Price", stored: "19.50", typed: "18.90")]
        )
        let page = ProductEditView.html(
            ProductEditModel(stored: stored, fields: fields, conflict: conflict, revisions: revisions, canWrite: true),
            in: .mock(path: "/products/104881")
        )
        #expect(faults(in: page) == [])
        #expect(page.text.contains("Another user changed this product meanwhile"))
        #expect(page.text.contains("19.50"))
        #expect(page.text.contains(">Save my values over theirs</button>"))
        render("product-conflict", page)
    }

    @Test func readersSeeValuesAndNoForm() {
        let page = ProductEditView.html(
            ProductEditModel(stored: stored, fields: fields, revisions: [], canWrite: false),
            in: .mock(path: "/products/104881")
        )
        #expect(faults(in: page) == [])
        #expect(!page.text.contains("Save changes"))
        #expect(page.text.contains("<dt>SKU</dt><dd>WINE-2019-RIOJA</dd>"))
        render("product-reader", page)
    }

    @Test func escapesEverything() {
        var model = ProductEditModel(
            stored: stored,
            fields: [FormField("sku", hostile("label"), value: hostile("value"))],
            problems: [Problem("x", "x", hostile("problem"))],
            conflict: ProductConflict(
                by: hostile("by"),
                at: noon,
                differences: [.init(label: hostile("field"), stored: hostile("stored"), typed: hostile("typed"))]
            ),
            revisions: [
                RecordRevisionRow(
                    version: 1,
                    at: noon,
                    actor: hostile("actor"),
                    job: Link(hostile("job"), hostile("path")),
                    kind: hostile("kind"),
                    changes: [.init(label: hostile("changed"), before: hostile("before"), after: hostile("after"))]
                )
            ],
            canWrite: true
        )
        model.stored?.name = hostile("name")
        model.stored?.status = hostile("status")
        let page = ProductEditView.html(model, in: .mock(path: "/products/1"))
        let names = [
            "label", "value", "problem", "by", "field", "stored", "typed", "actor", "job", "path", "changed", "before",
            "after", "name", "status",
        ]
        #expect(missing(names, in: page) == [])
        #expect(faults(in: page) == [])
    }
}

@Suite struct ProductDeleteViewTests {
    @Test func oneProductIsNamed() {
        let target = ProductDeleteModel.Target.one(id: 7, sku: hostile("sku"), name: hostile("name"))
        let page = ProductDeleteView.html(ProductDeleteModel(target: target, count: 1), in: .mock(path: "/products/7"))
        #expect(faults(in: page) == [])
        #expect(missing(["sku", "name"], in: page) == [])
        #expect(page.text.contains("action=\"/products/7/delete\""))
        render(
            "product-delete",
            ProductDeleteView.html(
                ProductDeleteModel(target: .one(id: 7, sku: "GLS-BRD-6", name: "Bordeaux glass, set of six"), count: 1),
                in: .mock(path: "/products/7/delete")
            )
        )
    }

    @Test func manyAreCountedAndTheirFiltersShown() {
        let state = ListState(
            path: "/products",
            query: ["q": "rioja", "status": "draft", "sort": "name", "cursor": "x"],
            defaultSort: "-id"
        )
        let page = ProductDeleteView.html(
            ProductDeleteModel(target: .matching(state), count: 1234, error: "That is not the number: type 1234."),
            in: .mock(path: "/products/delete")
        )
        #expect(faults(in: page) == [])
        #expect(page.text.contains("Delete 1,234 products?"))
        #expect(page.text.contains("<dt>Search</dt><dd>rioja</dd>"))
        #expect(page.text.contains("action=\"/products/delete?q=rioja&amp;status=draft\""))
        render("products-delete", page)
    }

    @Test func withoutFiltersItSaysThatItIsEverything() {
        let state = ListState(path: "/products", query: [:], defaultSort: "-id")
        let page = ProductDeleteView.html(
            ProductDeleteModel(target: .matching(state), count: 2),
            in: .mock(path: "/products/delete")
        )
        #expect(page.text.contains("this deletes every product of the catalogue"))
    }
}
