import AdminKit
import Catalog
import Database
import Identity
import IdentityTestSupport
import ImportEngine
import ImportKit
import Jobs
import Support
import TestSupport
import Testing
import Web

@Suite("The pages of products")
struct ProductPagesTests {
    @Test("A product is made, edited and deleted with forms alone")
    func life() throws {
        let house = try CatalogHouse()
        let (client, csrf) = try house.browser()
        #expect(try client.get("/products").text.contains("No products yet"))
        #expect(try client.get("/products/new").text.contains("name=\"csrf_token\" value=\"\(csrf)\""))
        let values: Fields = [
            "sku": "A-1", "name": "<b>Lamp</b>", "price": "12.5", "status": "draft", "description": "",
        ]
        #expect(try client.form("/products", values).status == 403)
        func post(_ path: String, _ values: Fields) throws -> Answer {
            var values = values
            values.append("csrf_token", csrf)
            return try client.form(path, values)
        }
        let made = try post("/products", values)
        #expect(made.status == 303 && made.headers["Location"] == "/products/1?done=created")
        let page = try client.get("/products/1?done=created").text
        #expect(page.contains("&lt;b&gt;Lamp&lt;/b&gt;") && !page.contains("<b>Lamp"))
        #expect(page.contains("value=\"12.50\"") && page.contains("The product was created."))
        #expect(try post("/products/new", values).text.contains("Another product has this SKU"))

        let wrong = try post(
            "/products/1",
            ["version": "1", "sku": "A-1", "name": "", "price": "x", "status": "draft"]
        )
        #expect(wrong.status == 422 && wrong.text.contains("There is a problem") && wrong.text.contains("value=\"x\""))
        var edited: Fields = ["version": "1", "sku": "A-1", "name": "Lamp", "price": "", "status": "active"]
        edited.append("description", "two\r\nlines")
        #expect(try post("/products/1", edited).headers["Location"] == "/products/1?done=saved")
        let stored = try #require(try house.store.find(1))
        #expect(stored.description == "two\nlines" && stored.price == nil && stored.version == 2)
        edited.set("version", "2")
        #expect(try post("/products/1", edited).status == 303)
        #expect(try house.store.find(1)?.version == 2)
        #expect(try house.told() == ["product.created 1", "product.updated 1"])

        #expect(try client.get("/products/1/delete").text.contains("Delete this product?"))
        #expect(try post("/products/1/delete", ["confirm": "1"]).headers["Location"] == "/products?done=deleted&gone=1")
        #expect(try client.get("/products/1").status == 410)
        #expect(try house.told() == ["product.deleted 1"])
    }

    @Test("Who saves second is shown who was first, keeps the own values, and may save again")
    func conflict() throws {
        let house = try CatalogHouse()
        let (client, csrf) = try house.browser()
        try house.add("A-1", "Lamp")
        _ = try house.store.update(1, house.house.context) { current in
            var wanted = current
            wanted.name = "Theirs"
            return wanted
        }
        var form: Fields = ["version": "1", "sku": "A-1", "name": "Mine", "status": "active", "csrf_token": csrf]
        let answer = try client.form("/products/1", form)
        #expect(answer.status == 409)
        for text in ["Another user changed this product", "Theirs", "value=\"Mine\"", "name=\"version\" value=\"2\""] {
            #expect(answer.text.contains(text), "\(text)")
        }
        #expect(try house.store.find(1)?.name == "Theirs")
        form.set("version", "2")
        #expect(try client.form("/products/1", form).status == 303)
        #expect(try house.store.find(1)?.name == "Mine")
        form.remove("version")
        #expect(try client.form("/products/1", form).status == 400)
    }

    @Test("The list filters, sorts and pages by its address; an unknown filter is refused")
    func list() throws {
        let house = try CatalogHouse()
        for number in 1...120 { try house.add("S-\(1000 + number)", number > 60 ? "Lamp" : "Chair") }
        try house.index()
        let (client, _) = try house.browser()
        let first = try client.get("/products?q=&sku=&name=&description=&status=&sort=sku").text
        #expect(first.contains("1–50 of 120 products") && first.contains("S-1001") && !first.contains("S-1051"))
        let link = try #require(first.split(separator: "rel=\"next\" href=\"").dropFirst().first)
        let next = String(link.split(separator: "\"")[0]).split(separator: "&amp;").joined(separator: "&")
        let second = try client.get(next).text
        #expect(second.contains("51–100 of 120 products") && second.contains("S-1051") && !second.contains("S-1050"))
        let search = try client.get("/products?q=lam&sort=name").text
        #expect(search.contains("1–50 of 60 products") && search.contains("S-1120"))
        #expect(try client.get("/products?q=nothing").text.contains("No product matches"))
        #expect(try client.get("/products?colour=red").status == 400)
        #expect(try client.get("/products/delete?colour=red").status == 400)
    }

    @Test("A filter that is too much says so itself; the page for deleting leads to it")
    func tooMuchText() throws {
        let house = try CatalogHouse()
        try house.add("S-1")
        let (client, csrf) = try house.browser()
        let words = (100..<133).map { "w\($0)" }.joined(separator: "+")
        let long = String(repeating: "a", count: 1001)
        for (name, text, error) in [
            ("q", words, "Write at most 32 different words."), ("brand", words, "Write at most 32 different words."),
            ("sku", long, "Write at most 1000 characters."),
        ] {
            let answer = try client.get("/products?\(name)=\(text)")
            #expect(answer.status == 400)
            #expect(answer.text.contains("id=\"field-\(name)-error\""))
            #expect(answer.text.contains(error) && answer.text.contains("Nothing was searched"))
            #expect(answer.text.contains("aria-describedby=\"field-\(name)-error\""))
            #expect(!answer.text.contains("No product matches"))
            let path = "/products/delete?\(name)=\(text)"
            let answers = [try client.get(path), try client.form(path, ["csrf_token": csrf, "confirm": "1"])]
            for answer in answers {
                #expect(answer.status == 303 && answer.headers["Location"]?.hasPrefix("/products?\(name)=") == true)
            }
        }
        #expect(try house.claim() == nil)
    }

    @Test("All that match are deleted when the number is typed")
    func deleteMany() throws {
        let house = try CatalogHouse()
        for number in 1...12 { try house.add("S-\(number)", number > 5 ? "Lamp" : "Chair") }
        try house.index()
        let (client, csrf) = try house.browser()
        let path = "/products/delete?name=lamp"
        #expect(try client.get(path).text.contains("Type 7 to confirm"))
        for typed in ["", "6", "seven"] {
            #expect(try client.form(path, ["csrf_token": csrf, "confirm": typed]).status == 422)
        }
        #expect(try house.claim() == nil)
        let answer = try client.form(path, ["csrf_token": csrf, "confirm": " 7 "])
        #expect(answer.status == 303 && answer.headers["Location"]?.hasPrefix("/jobs/") == true)
        let ended = try house.work()
        #expect(ended.status == .completed && ended.userID == house.admin.id)
        #expect(try house.store.count(ProductFilter()) == 5)
        #expect(try client.get("/products/delete?name=lamp").status == 303)
    }

    @Test("Who may only look sees no form, and is refused where one would post")
    func viewer() throws {
        let house = try CatalogHouse()
        try house.add("A-1", "Lamp")
        try house.house.addUser("viewer@example.com", .viewer)
        let (cookie, csrf) = try house.house.logIn("viewer@example.com")
        let client = try house.house.client(CatalogHouse.features.routes)
        client.headers.set("Cookie", cookie)
        let page = try client.get("/products/1").text
        #expect(page.contains("Lamp") && !page.contains("<form class=\"form\""))
        for path in ["/products", "/products/1", "/products/1/delete", "/products/delete"] {
            #expect(try client.form(path, ["csrf_token": csrf]).status == 403, "\(path)")
        }
        #expect(try client.get("/products/new").status == 403)
    }
}
