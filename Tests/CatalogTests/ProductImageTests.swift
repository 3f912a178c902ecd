import AdminKit
import Blobs
import Database
import Identity
import IdentityTestSupport
import Pictures
import Support
import TestSupport
import Testing
import Web

@testable import Catalog

@Suite("Pictures of products")
struct ProductImageTests {
    private static let images = "/api/products/1/images"

    private static func bytes(_ name: String) -> [UInt8] { Array("PIC \(name)".utf8) }

    private static func add(_ client: TestClient, _ name: String, to path: String = images) throws -> Answer {
        try client.send(
            .post,
            path,
            "application/octet-stream",
            bytes(name),
            headers: .headers(["X-Filename": "\(name).png"])
        )
    }

    private static func names(_ client: TestClient) throws -> [String] {
        let items = try client.get(images).json?["items"]?.arrayValue ?? []
        return items.map { item in
            let name = item["filename"]?.stringValue ?? "?"
            return item["is_featured"]?.boolValue == true ? "\(name)*" : name
        }
    }

    private static func codes(_ answer: Answer) -> [String] {
        answer.json?["errors"]?.arrayValue?.compactMap { $0["code"]?.stringValue } ?? []
    }

    @Test("A picture lives: added, read, changed, ordered, taken away; each is a version of the product")
    func life() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try house.add("A-1")
        _ = try house.told()
        let made = try Self.add(client, "front")
        #expect(made.status == 201 && made.headers["Location"] == "\(Self.images)/1", "\(made.text)")
        let record = try #require(made.json)
        #expect(record["width"]?.intValue == 9 && record["product_version"]?.intValue == 2)
        #expect(record["file_hash"]?.stringValue == Blobs.name(of: Self.bytes("front")))
        #expect(try house.told() == ["product.updated 1", "product.images_changed 1"])
        let again = try Self.add(client, "front")
        #expect(again.status == 409 && again.json?["existing_id"]?.intValue == 1)
        #expect(try Self.add(client, "back").status == 201 && Self.add(client, "side").status == 201)
        #expect(try Self.names(client) == ["front.png*", "back.png", "side.png"])

        let same = try client.json(.patch, "\(Self.images)/1", record)
        #expect(same.status == 422, "the version is another one by now: \(same.text)")
        let patched = try client.json(.patch, "\(Self.images)/2", ["alt_text": " From behind ", "is_featured": true])
        #expect(patched.status == 200 && patched.json?["alt_text"] == "From behind", "\(patched.text)")
        #expect(try Self.names(client) == ["front.png", "back.png*", "side.png"])
        let back = try client.json(.patch, "\(Self.images)/2", try #require(patched.json))
        #expect(back.status == 200 && back.json == patched.json, "\(back.text)")

        let ordered = try client.json(.put, "\(Self.images)/order", ["ids": [3, 2, 1]])
        #expect(ordered.status == 200, "\(ordered.text)")
        #expect(try Self.names(client) == ["side.png", "back.png*", "front.png"])
        #expect(try client.json(.patch, "\(Self.images)/2", ["is_active": false]).status == 200)
        #expect(try Self.names(client) == ["side.png*", "back.png", "front.png"])
        #expect(try client.send(Call(.delete, "\(Self.images)/3")).status == 204)
        #expect(try Self.names(client) == ["back.png", "front.png*"])
        #expect(try client.send(Call(.delete, "\(Self.images)/3")).status == 404)
        #expect(try client.get("/api/products/1").json?["version"]?.intValue == 8)
    }

    @Test("What is wrong is refused with its place, all of it at once, and nothing is kept")
    func refusals() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try house.add("A-1")
        let svg = try client.send(.post, Self.images, "application/octet-stream", Array("<svg/>".utf8))
        #expect(svg.status == 415 && svg.json?["code"] == "not_a_picture", "\(svg.text)")
        #expect(try client.send(Call(.post, Self.images)).json?["code"] == "no_file")
        let named = try client.send(
            .post,
            Self.images,
            "multipart/form-data; boundary=x",
            Array("--x--\r\n".utf8),
            headers: .headers(["X-Filename": "%ff"])
        )
        #expect(named.json?["code"] == "bad_filename", "whatever the body is: \(named.text)")
        let large = [UInt8](repeating: 0x50, count: PictureLimits.bytes + 1)
        #expect(try client.send(.post, Self.images, "application/octet-stream", large).status == 413)
        #expect(Blobs(besides: house.database).names().isEmpty)
        #expect(try Self.add(client, "front", to: "/api/products/9/images").status == 404)
        #expect(try Self.add(client, "front").status == 201)

        let patched = try client.json(
            .patch,
            "\(Self.images)/1",
            ["alt_text": .string(String(repeating: "x", count: 513)), "is_active": 1, "width": 5, "colour": "red"]
        )
        #expect(Self.codes(patched) == ["too_long", "wrong_type", "read_only", "unknown_field"], "\(patched.text)")
        for ids in [[1, 1], [], [1, 2]] as [JSON] {
            let order = try client.json(.put, "\(Self.images)/order", ["ids": ids])
            #expect(Self.codes(order) == ["other_images"], "\(order.text)")
        }
        let order = try client.json(.put, "\(Self.images)/order", ["ids": ["1"], "sort": true, "by": 1])
        #expect(Self.codes(order) == ["unknown_field", "unknown_field", "wrong_type"])
        #expect(try client.get("/api/products/1").json?["version"]?.intValue == 2)
        let reader = try house.client([.readProducts])
        #expect(try Self.add(reader, "back").status == 403)
        #expect(try reader.json(.patch, "\(Self.images)/1", ["alt_text": "x"]).status == 403)
    }

    @Test("A form with a file and its text; two files are one too many for programs")
    func forms() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try house.add("A-1")
        let made = try client.upload(
            Self.images,
            file: Self.bytes("front"),
            named: "C:\\pictures\\front view.png",
            fields: ["alt_text": "The front"]
        )
        #expect(made.status == 201 && made.json?["filename"] == "front view.png", "\(made.text)")
        #expect(made.json?["alt_text"] == "The front")
        let option = try client.upload(Self.images, file: Self.bytes("b"), named: "b.png", fields: ["alt": "x"])
        #expect(option.json?["code"] == "unknown_option")
    }

    @Test("The history shows pictures, an earlier version brings them back, a deleted product keeps them")
    func history() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try house.add("A-1")
        for name in ["front", "back"] { #expect(try Self.add(client, name).status == 201) }
        let digest = try CatalogDigest.compute(house.database).hash
        #expect(try client.send(Call(.delete, "\(Self.images)/1")).status == 204)
        #expect(try CatalogDigest.compute(house.database).hash != digest)
        let changes = try client.get("/api/products/1/history?limit=1").json?["items"]?.arrayValue?.first?["changes"]
        let change = try #require(changes?.arrayValue?.first)
        #expect(change["field"] == "images" && change["before"]?.arrayValue?.count == 2)
        #expect(change["after"]?.arrayValue?.count == 1)
        let compared = try client.get("/api/products/1/compare?from=3&to=4").json?["changes"]?.arrayValue
        #expect(compared?.compactMap { $0["field"] } == ["images"])
        #expect(try client.json(.post, "/api/products/1/restore", ["version": 3]).status == 200)
        #expect(try Self.names(client) == ["front.png*", "back.png"])
        #expect(try CatalogDigest.compute(house.database).hash == digest)

        #expect(try client.send(Call(.delete, "/api/products/1")).status == 204)
        #expect(try client.get(Self.images).status == 404)
        #expect(try client.json(.post, "/api/products/1/restore", ["version": 5]).status == 200)
        #expect(try Self.names(client) == ["front.png*", "back.png"])
        let page = try house.browser().client.get("/products/1").text
        #expect(page.contains("front.png (featured)") && page.contains("Pictures"))
        let audited = try house.database.all(
            "SELECT after FROM audit_log WHERE action = 'product.update' ORDER BY id"
        ) { row in row.text(0) }
        #expect(audited.count == 3 && audited.allSatisfy { $0.contains("\"images\":[") })
    }

    @Test("The page: upload of several, changes of all, refusals beside what was taken")
    func page() throws {
        let house = try CatalogHouse()
        try house.add("A-1", "Teapot")
        let (client, csrf) = try house.browser()
        #expect(try client.get("/products/1").text.contains("The product has none."))
        #expect(try client.upload("/products/1/images", file: Self.bytes("a"), named: "a.png").status == 403)
        for name in ["front", "back"] {
            let taken = try client.upload(
                "/products/1/images",
                file: Self.bytes(name),
                named: "\(name).png",
                fields: ["csrf_token": csrf]
            )
            #expect(taken.status == 303 && taken.headers["Location"] == "/products/1?done=pictures#pictures")
        }
        let refused = try client.upload(
            "/products/1/images",
            file: Array("<svg>".utf8),
            named: "<b>.svg",
            fields: ["csrf_token": csrf]
        )
        #expect(refused.status == 422 && refused.text.contains("&lt;b&gt;.svg: The file is no JPEG"))
        let shown = try client.get("/products/1").text
        let hash = Blobs.name(of: Self.bytes("front"))
        #expect(shown.contains("src=\"/media/\(hash)-480.webp\" alt=\"Teapot\""))
        let saved = try client.form(
            "/products/1/images/save",
            [
                "csrf_token": csrf, "version": "3", "alt.1": "From the front", "order.1": "2", "active.1": "1",
                "alt.2": "", "order.2": "1", "active.2": "1", "featured": "1",
            ]
        )
        #expect(saved.status == 303, "\(saved.text)")
        let program = try house.client()
        #expect(try Self.names(program) == ["back.png", "front.png*"])
        #expect(try client.get("/products").text.contains("/media/\(hash)-96.webp"))
        let stale = try client.form("/products/1/images/save", ["csrf_token": csrf, "version": "3", "remove.1": "1"])
        #expect(stale.status == 409 && stale.text.contains("Another user changed this product meanwhile."))
        let wrong = try client.form(
            "/products/1/images/save",
            ["csrf_token": csrf, "version": "4", "order.1": "first", "order.2": "2", "alt.2": "x\u{7}"]
        )
        #expect(wrong.status == 422 && wrong.text.contains("The place is a whole number"))
        #expect(wrong.text.contains("control characters"))
        let removed = try client.form(
            "/products/1/images/save",
            ["csrf_token": csrf, "version": "4", "remove.1": "1", "active.2": "1"]
        )
        #expect(removed.status == 303)
        #expect(try Self.names(program) == ["back.png*"])
    }

    @Test("What is looked at is there or 404; the file itself is left to nginx")
    func media() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try house.add("A-1")
        let made = try Self.add(client, "front")
        let hash = try #require(made.json?["file_hash"]?.stringValue)
        let context = try #require(Request(.get, "/media/\(hash)-96.webp"))
        #expect(context.isAPI)
        for path in ["\(hash)-97.webp", "\(hash).webp", "\(hash)", "x-96.webp", "\(String(hash.reversed()))-96.webp"] {
            #expect(try client.get("/media/\(path)").status == 404, "\(path)")
        }
        let stranger = try house.house.client(CatalogHouse.features.routes)
        let refused = try stranger.get("/media/\(hash)-96.webp")
        #expect(refused.status == 401 && refused.headers["Content-Type"] == "application/problem+json")
        let writer = try house.client([.writeProducts])
        #expect(try writer.get("/media/\(hash)-96.webp").status == 403)
        #expect(try client.get("/media/\(hash)-96.webp").status == 200)
    }

    @Test("The same picture of two products is one file, which goes when neither has it and the history is over")
    func oneCopy() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try house.add("A-1")
        try house.add("A-2")
        for product in [1, 2] {
            #expect(try Self.add(client, "same", to: "/api/products/\(product)/images").status == 201)
        }
        let blobs = Blobs(besides: house.database)
        #expect(blobs.names().count == 1)
        func clean(days: Int64) throws {
            let cleaning = CatalogBlobs.cleaning(house.database)
            while try cleaning.step(at: house.house.clock.now.adding(seconds: days * 86_400), days: 7) {}
        }
        #expect(try client.send(Call(.delete, "/api/products/1/images/1")).status == 204)
        try clean(days: 0)
        try clean(days: 8)
        #expect(blobs.names().count == 1)
        #expect(try client.send(Call(.delete, "/api/products/2/images/2")).status == 204)
        try clean(days: 8)
        #expect(blobs.names().count == 1)
        try clean(days: 16)
        #expect(blobs.names().isEmpty)
    }
}
