import AdminKitTestSupport
import Identity
import IdentityTestSupport
import Jobs
import Markup
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// A file whose encoding is only a guess is asked for, with its text side by side.
@Suite("The question for the encoding")
struct EncodingQuestionTests {
    private let house: CatalogHouse
    private let client: TestClient
    private let csrf: String

    /// "Żółta łódź" and "Śruba ćwierć źródło" in Windows-1250.
    private static let polish =
        Array("sku;name;price\nPL-1;".utf8) + [0xAF, 0xF3, 0xB3] + Array("ta ".utf8) + [0xB3, 0xF3] + Array("d".utf8)
        + [0x9F] + Array(";1,00\nPL-2;".utf8) + [0x8C] + Array("ruba ".utf8) + [0xE6] + Array("wier".utf8) + [0xE6]
        + Array(";2,00\n".utf8)

    init() throws {
        house = try CatalogHouse()
        house.house.settings[UploadFolder.self] = UploadFolder(house.folder.path, limit: 1 << 20)
        (client, csrf) = try house.browser()
    }

    private func post(_ path: String, _ body: [UInt8] = []) throws -> Answer {
        try client.send(.post, path, "text/csv", body, headers: .headers(["X-CSRF-Token": csrf]))
    }

    private func name(_ sku: String) throws -> String? { try house.store.find(sku: sku)?.name }

    @Test("The page shows the texts side by side, and what is chosen is imported")
    func onThePage() throws {
        let job = try #require(try post("/api/upload-csv", Self.polish).json?["job"])
        #expect(job["status"] == "awaiting_confirmation" && job["waiting_reason"] == "encoding")
        #expect(job["found"]?["encoding"] == "windows-1250")
        #expect(job["found"]?["likely_encodings"]?.arrayValue?.contains("windows-1252") == true)
        let path = "/imports/\(try #require(job["id"]?.stringValue))"
        #expect(try client.get(path).text.contains("Choose the text that is right"))
        let page = try client.get("\(path)/mapping").text
        #expect(page.contains("Which text is right?") && page.contains("Żółta łódź") && page.contains("¯ó³ta ³ódŸ"))
        #expect(page.contains("value=\"windows-1250\" checked> Central European (Windows-1250)"))
        #expect(faults(in: "\(raw: page)") == [])
        let choices = [("target-0", "sku"), ("target-1", "name"), ("target-2", "price"), ("do", "apply")]
        var fields: Fields = ["csrf_token": csrf, "encoding": "windows-1250"]
        for (name, value) in choices { fields.append(name, value) }
        #expect(try client.form("\(path)/mapping", fields).status == 303)
        #expect(try house.work().status == .completed)
        #expect(try name("PL-1") == "Żółta łódź" && name("PL-2") == "Śruba ćwierć")
    }

    @Test("A program answers by POST to confirm, with any label")
    func byProgram() throws {
        let job = try #require(try post("/api/upload-csv", Self.polish).json?["job"])
        let confirm = try #require(job["links"]?["confirm"]?.stringValue)
        #expect(try post("\(confirm)?encoding=ebcdic").status == 422)
        let answer = try post("\(confirm)?encoding=cp1250")
        #expect(answer.status == 202 && answer.json?["job"]?["status"] == "pending", "\(answer.text)")
        #expect(answer.json?["job"]?["found"]?["likely_encodings"] == [])
        #expect(try house.work().status == .completed)
        #expect(try name("PL-1") == "Żółta łódź")
    }

    @Test("With review=0 the best guess is imported, and a warning says so")
    func withoutAQuestion() throws {
        #expect(try post("/api/upload-csv?review=0", Self.polish).json?["job"]?["status"] == "pending")
        let ended = try house.work()
        #expect(ended.status == .completed)
        #expect(try name("PL-1") == "Żółta łódź")
        let warnings = ended.result?["warnings"]?.arrayValue ?? []
        #expect(warnings.contains { $0["code"] == "guessed_encoding" && $0["count"] == 1 }, "\(warnings)")
    }

    @Test(
        "What is named is taken, also Latin-1 as Windows-1252, and an unknown name is refused with a few that are known"
    )
    func byName() throws {
        let job = try #require(try post("/api/upload-csv?encoding=L2&review=0", Self.polish).json?["job"])
        #expect(job["options"]?["encoding"] == "iso-8859-2" && job["found"]?["likely_encodings"] == [])
        #expect(try house.work().status == .completed)
        let western = Array("sku,name\nW-1,5 ".utf8) + [0x80] + Array("\nW-2,x".utf8) + [0x81] + Array("\n".utf8)
        #expect(try post("/api/upload-csv?encoding=latin1", western).status == 202)
        let ended = try house.work()
        #expect(ended.books.created == 1 && ended.books.failed == 1)
        #expect(try name("W-1") == "5 €")
        let unknown = try post("/api/upload-csv?encoding=ebcdic", western)
        #expect(unknown.status == 422 && unknown.text.contains("windows-1250") && unknown.text.contains("WHATWG"))
        let unread = try post("/api/upload-csv?encoding=iso-2022-kr", western)
        #expect(unread.status == 422 && unread.json?["code"] == "unreadable_encoding", "\(unread.text)")
    }
}
