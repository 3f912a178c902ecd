import AdminKitTestSupport
import Identity
import IdentityTestSupport
import Jobs
import Markup
import Support
import Tables
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// A profile says how files are read; what the caller says goes before it, and what is found comes last.
@Suite struct ProfileReadingTests {
    private let house: CatalogHouse
    private let client: TestClient
    private let csrf: String
    private let folder: String

    init() throws {
        house = try CatalogHouse()
        folder = house.folder.file("uploads")
        try Files.makeFolder(folder)
        house.house.settings[UploadFolder.self] = UploadFolder(folder, limit: 1 << 20)
        (client, csrf) = try house.browser()
    }

    private func upload(_ bytes: [UInt8], _ query: String = "") throws -> Answer {
        try client.send(
            .post,
            "/api/upload-csv?\((["guard=off"] + (query.isEmpty ? [] : [query])).joined(separator: "&"))",
            "text/csv",
            bytes,
            headers: .headers(["X-CSRF-Token": csrf])
        )
    }

    private func upload(_ text: String, _ query: String = "") throws -> Answer { try upload(Array(text.utf8), query) }

    private func add(_ body: JSON) throws {
        let made = try client.json(.post, "/api/import-profiles", body, headers: .headers(["X-CSRF-Token": csrf]))
        #expect(made.status == 201, "\(made.text)")
    }

    private func page(_ answer: Answer) throws -> String {
        try client.get("/imports/\(try #require(answer.json?["job_id"]?.stringValue))").text
    }

    @Test("The delimiter of a profile that was named is not looked for")
    func named() throws {
        // Most signs speak for the comma.
        let text = "Ref:Name, long, and, more\nA:a, b, c, d\nB:a, b, c, d\n"
        try add(["name": "Colons", "mapping": ["Ref": "sku", "Name, long, and, more": "name"], "delimiter": ":"])
        #expect(try upload(text).status == 422)
        let answer = try upload(text, "profile=Colons")
        #expect(answer.status == 202, "\(answer.text)")
        #expect(answer.json?["job"]?["options"]?["delimiter"] == ":")
        #expect(try house.work().books.created == 2)
        #expect(try house.store.find(sku: "a")?.name == "a, b, c, d")
        let page = try page(answer)
        #expect(page.contains("<dt>Delimiter</dt><dd>: (from the profile)</dd>"))
        #expect(page.contains("<dt>Quote</dt><dd>Double (&quot;)</dd>") || page.contains("Double (&#34;)</dd>"))
        // The caller goes before the profile.
        let other = try upload(
            "Ref;Name\nA;Vase\n",
            "profile=Colons&delimiter=semicolon&mapping=%7B%22Name%22%3A%22name%22%7D"
        )
        #expect(other.status == 202, "\(other.text)")
        #expect(try self.page(other).contains("<dt>Delimiter</dt><dd>Semicolon (chosen)</dd>"))
        #expect(try house.work().books.updated == 1)
        #expect(try upload(text, "profile=nobody").json?["errors"]?.arrayValue?.first?["code"] == "unknown_profile")
    }

    @Test("The encoding and the quote of a profile that was remembered hold too")
    func remembered() throws {
        let headers: JSON = ["Ref", "Was"]
        let mapping: JSON = ["Ref": "sku", "Was": "name"]
        try add(["name": "Old", "mapping": mapping, "headers": headers, "encoding": "windows-1252", "quote": "none"])
        // Found would be Latin-1, and a quoted cell.
        let bytes = Array("Ref,Was\nA,\"Vase".utf8) + [0xDF] + Array("\"\n".utf8)
        let answer = try upload(bytes)
        #expect(answer.status == 202, "\(answer.text)")
        let found = answer.json?["job"]?["options"]
        #expect(found?["encoding"] == "windows-1252" && found?["quote"] == "none")
        #expect(try house.work().books.created == 1)
        #expect(try house.store.find(sku: "a")?.name == "\"Vaseß\"")
        let page = try page(answer)
        #expect(page.contains("<dt>Encoding</dt><dd>Windows-1252 (from the profile)</dd>"), "\(page)")
        #expect(page.contains("<dt>Quote</dt><dd>None (from the profile)</dd>"))
        // It shows another header when it is read like that: then it is read as it was found.
        let wide = TextEncoding.utf16LittleEndian.encoded(Array("Ref,Was\nB,\"Krug\"\n".utf8), byteOrderMark: true)
        let other = try upload(wide)
        #expect(other.status == 202 && other.json?["job"]?["options"]?["encoding"] == nil, "\(other.text)")
        #expect(try house.work().books.created == 1)
        #expect(try house.store.find(sku: "b")?.name == "Krug")
        let plain = try upload(
            "Ref,Was\nC,\"Topf\"\n",
            "profile=none&mapping=%7B%22Ref%22%3A%22sku%22%2C%22Was%22%3A%22name%22%7D"
        )
        #expect(plain.json?["job"]?["options"]?["quote"] == nil)
    }

    @Test("What a profile says of reading is checked and kept in one form")
    func stored() throws {
        try add(["name": "One", "mapping": [:], "delimiter": "tab", "quote": "single", "encoding": "UTF-16LE"])
        let shown = try client.get("/api/import-profiles/1").json
        #expect(shown?["delimiter"] == "\t" && shown?["quote"] == "'" && shown?["encoding"] == "utf-16le")
        func codes(_ body: JSON) throws -> [String] {
            let answer = try client.json(
                .patch,
                "/api/import-profiles/1",
                body,
                headers: .headers(["X-CSRF-Token": csrf])
            )
            return (answer.json?["errors"]?.arrayValue ?? []).compactMap { $0["code"]?.stringValue }
        }
        #expect(try codes(["encoding": "EBCDIC"]) == ["bad_option"])
        #expect(try codes(["delimiter": "ab"]) == ["bad_option"])
        #expect(try codes(["quote": "x"]) == ["bad_option"])
        #expect(try codes(["delimiter": 5]) == ["wrong_type"])
        #expect(try codes(["delimiter": "'"]) == ["bad_option"], "the quote")
        #expect(try codes(["delimiter": nil, "quote": "none"]) == [])
        let page = try client.get("/imports/profiles/1").text
        #expect(page.contains("<dt>Quote</dt><dd>None</dd>") && page.contains("UTF-16") && !page.contains("Delimiter"))
    }

    @Test("What was chosen on the page of columns is saved with the profile")
    func saved() throws {
        let job = try #require(try upload("Ref,Was\nA,'Vase'\n", "unmapped=ask").json?["job_id"]?.stringValue)
        var fields: Fields = ["csrf_token": csrf, "quote": "single", "header_row": "1", "do": "apply"]
        fields.append("target-0", "sku")
        fields.append("target-1", "name")
        fields.append("profile_name", "Single")
        #expect(try client.form("/imports/\(job)/mapping", fields).status == 303)
        #expect(try client.get("/api/import-profiles/1").json?["quote"] == "'")
        #expect(try house.work().books.created == 1)
        #expect(try house.store.find(sku: "a")?.name == "Vase")
        _ = try upload("Ref,Was\nB,'Krug'\n")
        #expect(try house.work().books.created == 1)
        #expect(try house.store.find(sku: "b")?.name == "Krug")
    }

    @Test("The header may stand below a title, and the page of columns can choose another line")
    func headerBelowATitle() throws {
        let text = "Price list\n\nRef,Was,VK\nA,Vase,1\n"
        let id = try #require(try upload(text, "unmapped=ask").json?["job_id"]?.stringValue)
        let mapping = try client.get("/imports/\(id)/mapping").text
        #expect(mapping.contains("Line 3 (found)") && mapping.contains("Line 1: Price list"))
        #expect(faults(in: "\(raw: mapping)") == [])
        let first = try client.form("/imports/\(id)/mapping", ["csrf_token": csrf, "header_row": "4", "do": "check"])
        #expect(first.text.contains("What Vase means"))
        let wrong = try client.form("/imports/\(id)/mapping", ["csrf_token": csrf, "header_row": "2", "do": "check"])
        #expect(wrong.text.contains("Line 2 holds no names of columns"))
        var fields: Fields = ["csrf_token": csrf, "do": "apply", "target-0": "sku", "target-1": "name"]
        fields.append("profile_name", "Lists")
        #expect(try client.form("/imports/\(id)/mapping", fields).status == 303)
        #expect(try house.work().books.created == 1)
        #expect(try client.get("/imports/\(id)").text.contains("<dt>Header</dt><dd>Line 3</dd>"))
        // The profile finds its header wherever it stands.
        let next = try upload("Spring,2026\nof,us\nRef,Was,VK\nB,Krug,2\n")
        #expect(next.status == 202, "\(next.text)")
        #expect(try house.work().books.created == 1)
    }
}
