import AdminKit
import Database
import Glibc
import Identity
import IdentityTestSupport
import Jobs
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Undo, restart, files and histories over HTTP, with the worker in this process.
@Suite(.serialized) struct UndoAPITests {
    private let house: CatalogHouse
    private let client: TestClient
    private let uploads: String

    init() throws {
        house = try CatalogHouse()
        uploads = house.folder.file("uploads")
        try Files.makeFolder(uploads)
        house.house.settings[UploadFolder.self] = UploadFolder(uploads, limit: 1 << 20)
        client = try house.client()
    }

    private func upload(_ text: String, named name: String = "products.csv") throws -> JSON {
        let answer = try client.upload("/api/upload-csv", file: Array(text.utf8), named: name)
        guard answer.status == 202, let job = answer.json?["job"] else { throw TestFailure(answer.text) }
        return job
    }

    /// Uploads and imports; gives the job's public id back.
    private func imported(_ text: String) throws -> String {
        let id = try upload(text)["id"]?.stringValue ?? ""
        let ended = try house.work()
        guard ended.publicID == id, ended.status == .completed else { throw TestFailure(ended.errorMessage ?? "") }
        return id
    }

    private func links(_ id: String) throws -> [String] {
        guard let job = try JobStore(house.database).find(publicID: id) else { throw TestFailure("no job \(id)") }
        return (job.json(at: house.house.clock.now)["links"]?.members ?? []).map(\.name)
    }

    private func post(_ path: String) throws -> Answer { try client.send(Call(.post, path)) }

    @Test func anImportIsPreviewedUndoneAndRedone() throws {
        let id = try imported("sku,name\nA,Alder\nB,Birch\n")
        let preview = try client.get("/api/jobs/\(id)/undo")
        #expect(preview.json == ["delete": 2, "restore": 0, "keep": 0, "kept": [], "next": nil], "\(preview.text)")
        let product = try #require(try house.store.find(sku: "B"))
        _ = try client.json(.patch, "/api/products/\(product.id)", ["name": "Beech"])
        let now = try client.get("/api/jobs/\(id)/undo?limit=1").json
        #expect(now?["keep"] == 1 && now?["kept"]?.arrayValue?.first?["sku"] == "B")
        #expect(now?["kept"]?.arrayValue?.first?["product_id"]?.intValue == product.id)
        let answer = try post("/api/jobs/\(id)/undo")
        #expect(answer.status == 202, "\(answer.text)")
        let undo = try #require(answer.json?["job"])
        let undoID = undo["id"]?.stringValue ?? ""
        #expect(undo["kind"] == "import_undo" && undo["undo_of"]?.stringValue == id)
        #expect(answer.headers["Location"] == "/api/jobs/\(undoID)")
        let twice = try post("/api/jobs/\(id)/undo")
        #expect(twice.status == 409 && twice.json?["code"] == "wrong_state")
        #expect(twice.json?["undone_by"]?.stringValue == undoID)
        #expect(try house.work().status == .completed)
        #expect(try house.store.count(ProductFilter()) == 1)
        let redo = try post("/api/jobs/\(undoID)/undo")
        #expect(redo.status == 202, "\(redo.text)")
        #expect(try house.work().status == .completed)
        #expect(try house.store.count(ProductFilter()) == 2)
    }

    @Test func refusals() throws {
        #expect(try post("/api/jobs/nobody/undo").status == 404)
        #expect(try client.get("/api/jobs/nobody/file").status == 404)
        #expect(try client.get("/api/jobs/nobody/undo").status == 404)
        let waiting = try upload("sku,name\nA,Alder\n")["id"]?.stringValue ?? ""
        let early = try post("/api/jobs/\(waiting)/undo")
        #expect(early.status == 409 && early.json?["code"] == "wrong_state" && early.json?["job_status"] == "pending")
        #expect(try post("/api/jobs/\(waiting)/restart").status == 409)
        _ = try house.work()
        #expect(try client.get("/api/jobs/\(waiting)/undo?colour=red").status == 400)
        #expect(try client.get("/api/jobs/\(waiting)/undo?cursor=x").status == 400)
        try house.database.write { try house.database.execute("UPDATE job SET undo = 'expired'") }
        for answer in [try post("/api/jobs/\(waiting)/undo"), try client.get("/api/jobs/\(waiting)/undo")] {
            #expect(answer.status == 409 && answer.json?["code"] == "wrong_state")
        }
        let reader = try house.client([.readJobs, .readProducts])
        #expect(try reader.get("/api/jobs/\(waiting)/undo").status == 409)
        #expect(try reader.send(Call(.post, "/api/jobs/\(waiting)/undo")).status == 403)
        #expect(try reader.send(Call(.post, "/api/jobs/\(waiting)/restart")).status == 403)
    }

    @Test func theFileComesBackAsItWas() throws {
        let text = "sku,name\nA,\"Älder\"\n"
        let job = try upload(text, named: "Frühling \"27\".csv")
        let id = job["id"]?.stringValue ?? ""
        let answer = try client.get("/api/jobs/\(id)/file")
        #expect(answer.status == 200)
        let disposition = answer.headers["Content-Disposition"] ?? ""
        #expect(disposition.hasPrefix("attachment; filename=\"Fr_hling _27_.csv\"; filename*=UTF-8''Fr%C3%BChling%20"))
        #expect(answer.body == Array(text.utf8) && answer.headers["Content-Length"] == "\(text.utf8.count)")
        let head = try client.send(Call(.head, "/api/jobs/\(id)/file"))
        #expect(head.body.isEmpty && head.headers["Content-Length"] == "\(text.utf8.count)")
        let raw = try client.send(.post, "/api/upload-csv", "text/csv", Array(text.utf8))
        let rawID = raw.json?["job_id"]?.stringValue ?? ""
        #expect(try client.get("/api/jobs/\(rawID)/file").body == Array(text.utf8))
        #expect(Set(Files.names(in: uploads)) == [id, rawID], "nothing is copied")
        #expect(raw.json?["job"]?["duplicate_of"]?.stringValue == id, "\(raw.text)")
        _ = try house.work()
        #expect(try links(id).contains("file"))
    }

    @Test func aDownloadOfTheFileGoesOnWhereItBrokeOff() throws {
        let text = "sku,name\nA,\"Älder\"\n"
        let id = try upload(text)["id"]?.stringValue ?? ""
        func get(_ headers: Fields) throws -> Answer { try client.get("/api/jobs/\(id)/file", headers: headers) }
        let whole = try get([:])
        let tag = whole.headers["ETag"] ?? ""
        #expect(whole.headers["Accept-Ranges"] == "bytes" && !tag.isEmpty)
        let rest = try get(.headers(["Range": "bytes=4-", "If-Range": tag]))
        #expect(rest.status == 206 && rest.body == Array(text.utf8.dropFirst(4)))
        #expect(rest.headers["Content-Range"] == "bytes 4-\(text.utf8.count - 1)/\(text.utf8.count)")
        #expect(rest.headers["Content-Length"] == "\(text.utf8.count - 4)")
        #expect(try get(.headers(["Range": "bytes=4-", "If-Range": "\"other\""])).body == whole.body)
        #expect(try get(.headers(["If-None-Match": tag])).status == 304)
        let beyond = try get(.headers(["Range": "bytes=1000-"]))
        #expect(beyond.status == 416 && beyond.headers["Content-Range"] == "bytes */\(text.utf8.count)")
    }

    @Test func theSameFileIsPointedOut() throws {
        let text = "sku,name\nA,Alder\n"
        let first = try imported(text)
        let again = try upload(text)
        #expect(again["duplicate_of"]?.stringValue == first)
        let (browser, _) = try house.browser()
        let page = try browser.get("/imports/\(again["id"]?.stringValue ?? "")").text
        #expect(page.contains("This very file was imported already.") && page.contains("/imports/\(first)"))
        _ = try house.work()
        #expect(try upload("\(text)B,Birch\n")["duplicate_of"] == .null)
        _ = try house.work()
        // Also after it was undone, and after that was undone; the page says how it stands.
        let other = try imported("sku,name\nX,Yew\n")
        let undo = try post("/api/jobs/\(other)/undo").json?["job_id"]?.stringValue ?? ""
        _ = try house.work()
        for words in ["and that import was undone", "and stands in the catalogue: its undo was undone"] {
            let again = try upload("sku,name\nX,Yew\n")
            #expect(again["duplicate_of"]?.stringValue == other)
            let page = try browser.get("/imports/\(again["id"]?.stringValue ?? "")").text
            #expect(page.contains("This very file was imported already, \(words)."))
            let waiting = try #require(try JobStore(house.database).find(publicID: again["id"]?.stringValue ?? ""))
            _ = try JobStore(house.database).cancel(waiting, context: house.house.context)
            guard try links(undo).contains("undo") else { break }
            #expect(try post("/api/jobs/\(undo)/undo").status == 202)
            _ = try house.work()
        }
    }

    /// A new job, and the old one keeps its books, its errors and its undo.
    @Test func theFileIsImportedAgainAsANewJob() throws {
        let text = "sku,name,price\nA,Alder,x\nB,Birch,1\n"
        let answer = try client.upload("/api/upload-csv", file: Array(text.utf8), named: "trees.csv")
        let id = answer.json?["job_id"]?.stringValue ?? ""
        let first = try house.work()
        #expect(try links(id).contains("restart"))
        let product = try #require(try house.store.find(sku: "B"))
        let again = try post("/api/jobs/\(id)/restart")
        #expect(again.status == 202, "\(again.text)")
        let newID = again.json?["job_id"]?.stringValue ?? ""
        #expect(newID != id && again.headers["Location"] == "/api/jobs/\(newID)")
        #expect(again.json?["job"]?["duplicate_of"]?.stringValue == id)
        #expect(again.json?["job"]?["filename"] == "trees.csv" && again.json?["job"]?["options"] == first.options)
        #expect(try JobStore(house.database).find(publicID: id) == first, "the old one stays as it was")
        let ended = try house.work()
        #expect(ended.publicID == newID && ended.books == books(2, unchanged: 1, failed: 1))
        #expect(try house.store.find(sku: "B") == product)
        for job in [first, ended] { #expect(try RowErrorStore(house.database).count(jobID: job.id).errors == 1) }
        #expect(Set(Files.names(in: uploads)).isSuperset(of: [id, newID]))
        #expect(try client.get("/api/jobs/\(newID)/file").body == Array(text.utf8))
        #expect(try links(id).contains("undo") && !links(newID).contains("undo"))
        #expect(try post("/api/jobs/\(id)/undo").status == 202)
        #expect(try post("/api/jobs/\(id)/restart").status == 409, "not while it is being undone")
        #expect(try house.work().result == ["delete": 1, "restore": 0, "keep": 0])
        // Undone, it is imported again with its products.
        let third = try post("/api/jobs/\(id)/restart")
        #expect(third.status == 202, "\(third.text)")
        #expect(try house.work().books == books(2, created: 1, failed: 1))
    }

    /// One that waited for an answer about its columns, and was discarded, waits for it once more.
    @Test func aFileWhoseColumnsWereNeverClearIsAskedAboutAgain() throws {
        let answer = try client.send(.post, "/api/upload-csv?unmapped=ask", "text/csv", Array("a,b\n1,2\n".utf8))
        let id = answer.json?["job_id"]?.stringValue ?? ""
        #expect(answer.json?["job"]?["waiting_reason"] == "mapping")
        let waiting = try #require(try JobStore(house.database).find(publicID: id))
        _ = try JobStore(house.database).cancel(waiting, context: house.house.context)
        let again = try post("/api/jobs/\(id)/restart")
        #expect(again.status == 202 && again.json?["job"]?["waiting_reason"] == "mapping", "\(again.text)")
    }

    @Test func productsOfAJobAreFound() throws {
        let first = try imported("sku,name\nA,Alder\nB,Birch\n")
        let second = try imported("sku,name\nA,Aspen\nC,Cedar\n")
        func skus(_ query: String) throws -> [String] {
            let answer = try client.get("/api/products?sort=sku&\(query)")
            guard answer.status == 200 else { throw TestFailure(answer.text) }
            return (answer.json?["items"]?.arrayValue ?? []).compactMap { $0["sku"]?.stringValue }
        }
        #expect(try skus("job=\(first)") == ["A", "B"])
        #expect(try skus("job=\(second)&change=created") == ["C"])
        #expect(try skus("job=\(second)&change=updated") == ["A"])
        #expect(try skus("job=\(second)&change=created,updated&limit=1") == ["A"])
        #expect(try client.get("/api/products?job=\(first)&include=total&limit=1").json?["total"] == 2)
        #expect(try client.get("/api/products?job=nobody").status == 400)
        #expect(try client.get("/api/products?change=created").status == 400)
        #expect(try client.get("/api/products?job=\(first)&change=eaten").status == 400)
        #expect(try client.send(Call(.delete, "/api/products?confirm=2&job=\(first)")).status == 400)
        let (browser, _) = try house.browser()
        let page = try browser.get("/products?job=\(second)&change=updated").text
        #expect(page.contains("Aspen") && !page.contains("Birch") && !page.contains("Delete all"))
    }
}
