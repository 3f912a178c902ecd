import AdminKit
import Catalog
import Database
import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@Suite("Many products at once, two who change one, and products that were deleted")
struct ProductHandsTests {
    private func change(_ house: CatalogHouse, _ id: Int64, _ edit: (inout Product) -> Void) throws {
        _ = try house.store.update(id, house.house.context) { current in
            var wanted = current
            edit(&wanted)
            return wanted
        }
    }

    @Test("Ticked products become one filter; what is not known is refused")
    func ticked() throws {
        let house = try CatalogHouse()
        for number in 1...3 { try house.add("S-\(number)") }
        let (client, _) = try house.browser()
        let path = "/products/selection?action"
        #expect(try client.get("\(path)=delete&id=1&id=3").headers["Location"] == "/products/delete?ids=1%2C3")
        #expect(try client.get("\(path)=status&all=1&sku=S").headers["Location"] == "/products/status?sku=S")
        let export = try #require(try client.get("\(path)=export&id=2").headers["Location"])
        #expect(export.hasPrefix("/api/products.csv?ids=2&"))
        #expect(try client.get("\(path)=delete&sku=S").headers["Location"] == "/products?sku=S&done=nothing")
        for wrong in ["delete&id=0", "delete&id=x", "drop&id=1", "delete&id=1&colour=red"] {
            #expect(try client.get("\(path)=\(wrong)").status == 400, "\(wrong)")
        }
        #expect(try client.get("/products/delete?ids=1,3").text.contains("Delete 2 products?"))
        #expect(try client.get("/products?ids=1,3").text.contains("1–2 of 2 products"))
        let many = (1...201).map { "\($0)" }.joined(separator: ",")
        #expect(try client.get("/products?ids=\(many)").status == 400)
    }

    @Test("A status goes to those that were shown, and to nobody when they are others by then")
    func status() throws {
        let house = try CatalogHouse()
        for number in 1...4 { try house.add("S-\(number)", number < 4 ? "Lamp" : "Chair") }
        try change(house, 2) { $0.status = .archived }
        _ = try house.told()
        let (client, csrf) = try house.browser()
        let path = "/products/status?ids=1,2,3"
        let page = try client.get(path).text
        #expect(page.contains("Set the status of 3 products") && page.contains("<li>Lamp</li>"))
        let seen = try #require(page.split(separator: "name=\"seen\" value=\"").dropFirst().first?.prefix(32))
        #expect(try client.form(path, ["csrf_token": csrf, "seen": String(seen), "to": ""]).status == 422)
        #expect(try client.form(path, ["csrf_token": csrf, "seen": "other", "to": "archived"]).status == 422)
        #expect(try house.store.find(1)?.status == .active)
        let done = try client.form(path, ["csrf_token": csrf, "seen": String(seen), "to": "archived"])
        #expect(done.headers["Location"] == "/products?ids=1%2C2%2C3&done=archived&number=2")
        #expect(try (1...4).map { try house.store.find($0)?.status } == [.archived, .archived, .archived, .active])
        #expect(try house.told() == ["product.updated 1", "product.updated 3"])
        #expect(try house.store.find(2)?.version == 2)
    }

    @Test("A form of an earlier version is saved beside what others changed, field by field")
    func merge() throws {
        let house = try CatalogHouse()
        try house.add("A-1", "Lamp")
        let (client, csrf) = try house.browser()
        try change(house, 1) { $0.brand = "Theirs" }
        var form: Fields = ["version": "1", "sku": "A-1", "name": "Lamp", "status": "active", "csrf_token": csrf]
        form.set("price", "1.234,50")
        #expect(try client.form("/products/1", form).headers["Location"] == "/products/1?done=merged")
        let stored = try #require(try house.store.find(1))
        #expect(stored.brand == "Theirs" && stored.price == 123_450 && stored.version == 3)
        // Both changed the price since: base, theirs and mine stand side by side, and their name is in the form.
        try change(house, 1) {
            $0.price = 200
            $0.name = "Their lamp"
        }
        form.set("version", "3")
        form.set("brand", "Theirs")
        form.set("price", "3")
        let answer = try client.form("/products/1", form)
        #expect(answer.status == 409)
        for text in ["1234.50", "2.00", "3.00", "value=\"Their lamp\"", "You both began with", "change of Name"] {
            #expect(answer.text.contains(text), "\(text)")
        }
        #expect(try house.store.find(1)?.price == 200)
        // What is wrong in it is said as well, and nothing is saved.
        form.set("price", "cheap")
        let wrong = try client.form("/products/1", form)
        #expect(wrong.status == 409 && wrong.text.contains("value=\"cheap\""))
        #expect(try house.store.find(1)?.version == 4)
    }

    @Test("A deleted product has a page that says so, and comes back under its id")
    func tombstone() throws {
        let house = try CatalogHouse()
        try house.add("A-1", "Lamp")
        let (client, csrf) = try house.browser()
        #expect(try client.get("/products/deleted").text.contains("No deleted products"))
        _ = try client.form("/products/1/delete", ["csrf_token": csrf, "confirm": "1"])
        let list = try client.get("/products?done=deleted&gone=1").text
        #expect(list.contains("action=\"/products/1/restore\"") && list.contains("Undo"))
        let page = try client.get("/products/1")
        #expect(page.status == 410 && page.text.contains("This product was deleted.") && page.text.contains("Lamp"))
        #expect(try client.get("/products/2").status == 404)
        #expect(try client.get("/products?status=deleted").headers["Location"] == "/products/deleted")
        #expect(try client.get("/products/deleted").text.contains("1–1 of 1 deleted product"))
        let back: Fields = ["csrf_token": csrf, "version": "1", "seen": "2"]
        #expect(try client.form("/products/1/restore", back).headers["Location"] == "/products/1?done=back")
        #expect(try house.store.find(1)?.name == "Lamp")
        #expect(try client.get("/products/deleted").text.contains("No deleted products"))
        // Once more is too late: somebody has put it back.
        #expect(try client.form("/products/1/restore", back).headers["Location"] == "/products/1?done=stale")
    }

    @Test("Another product that has its SKU by then keeps it away")
    func taken() throws {
        let house = try CatalogHouse()
        try house.add("A-1", "Lamp")
        let (client, csrf) = try house.browser()
        _ = try client.form("/products/1/delete", ["csrf_token": csrf, "confirm": "1"])
        try house.add("a-1", "Other")
        let back: Fields = ["csrf_token": csrf, "version": "1", "seen": "2"]
        #expect(try client.form("/products/1/restore", back).headers["Location"] == "/products/1?done=taken")
        let page = try client.get("/products/1?done=taken")
        #expect(page.status == 410 && page.text.contains("Another product has the SKU"))
    }
}
