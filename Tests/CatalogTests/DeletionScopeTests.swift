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

/// `run:imports` imports, and deletes nothing: whatever makes an import delete asks for `delete:products` too.
@Suite(.serialized) struct DeletionScopeTests {
    private let house: CatalogHouse
    private let uploads: String

    init() throws {
        house = try CatalogHouse()
        uploads = house.folder.file("uploads")
        try Files.makeFolder(uploads)
        house.house.settings[UploadFolder.self] = UploadFolder(uploads, limit: 1 << 20)
    }

    private static let deletes: Set<Permission> = [.runImports, .deleteProducts]
    private static let file = Array("sku,name\nA,Alder\n".utf8)

    private func upload(_ client: TestClient, _ query: String = "", _ parts: Fields = [:]) throws -> Answer {
        try client.upload("/api/upload-csv\(query)", file: Self.file, named: "a.csv", fields: parts)
    }

    private func jobs() throws -> Int64 { try JobStore(house.database).count() }

    private func isRefused(_ answer: Answer) -> Bool {
        answer.isProblem("forbidden") && answer.text.contains("delete:products")
    }

    @Test func anUploadThatDeletesNeedsTheScopeForIt() throws {
        let importer = try house.client([.runImports])
        for (name, value) in [("mode", "delete"), ("missing", "deactivate")] {
            #expect(isRefused(try upload(importer, "?\(name)=\(value)")), "\(name) in the query")
            #expect(isRefused(try upload(importer, "", [.init(stringLiteral: name): value])), "\(name) in the form")
        }
        #expect(try jobs() == 0 && Files.names(in: uploads).isEmpty, "nothing is kept of it")
        #expect(try upload(importer, "?mode=upsert&missing=keep").status == 202)
        let deleter = try house.client(Self.deletes)
        #expect(try upload(deleter, "?mode=delete").status == 202)
        #expect(try upload(deleter, "?missing=deactivate").status == 202)
        #expect(try upload(try house.client([.deleteProducts]), "?mode=delete").isProblem("forbidden"))
    }

    /// Refused before nginx is let take the body.
    @Test func theBodyOfADeletionIsNotTaken() throws {
        let gatekeeper = try house.house.gatekeeper(CatalogHouse.features.routes)
        func verdict(_ scopes: Set<Permission>, _ query: String) throws -> Int? {
            let token = try house.house.addToken(for: house.admin, scopes)
            let headers = Fields.headers(["Authorization": "Bearer \(token)"])
            let request = try #require(Request(.post, "/api/upload-csv\(query)", headers: headers))
            return try gatekeeper.authorize(request)?.status
        }
        #expect(try verdict([.runImports], "?mode=delete") == 403)
        #expect(try verdict([.runImports], "?mode=nonsense") == nil, "that is for the handler to say")
        #expect(try verdict(Self.deletes, "?mode=delete") == nil)
    }

    /// A profile that says what rows do counts like the option, for files that only have its header too.
    @Test func aProfileThatDeletesNeedsTheScopeForIt() throws {
        let importer = try house.client([.runImports])
        let deleter = try house.client(Self.deletes)
        let profile: JSON = [
            "name": "gone", "mode": "delete", "headers": ["sku", "name"],
            "mapping": ["sku": "sku", "name": "name"],
        ]
        #expect(isRefused(try importer.json(.post, "/api/import-profiles", profile)))
        let made = try deleter.json(.post, "/api/import-profiles", profile)
        #expect(made.status == 201, "\(made.text)")
        let path = try #require(made.headers["Location"])
        #expect(isRefused(try importer.json(.patch, path, ["name": "renamed"])), "it would still delete")
        #expect(isRefused(try upload(importer, "?profile=gone")))
        #expect(isRefused(try upload(importer)), "found by its header")
        #expect(try jobs() == 0 && Files.names(in: uploads).isEmpty)
        #expect(try upload(importer, "?mode=upsert").status == 202, "unless the upload says otherwise")
        #expect(isRefused(try importer.json(.patch, path, ["mode": .null])), "it is not theirs to change")
        #expect(try deleter.json(.patch, path, ["mode": .null]).status == 200)
        #expect(try upload(importer).status == 202)
    }

    // MARK: Undo

    private func undo(_ id: String, _ scopes: Set<Permission>) throws -> Answer {
        try house.client(scopes).send(Call(.post, "/api/jobs/\(id)/undo"))
    }

    /// Takes a job back with the scopes for it, after one without was refused; gives the undo's id back.
    private func undone(_ id: String, _ scopes: Set<Permission>) throws -> String {
        let lacking = try undo(id, [.undoImports])
        if scopes != [.undoImports] { #expect(isRefused(lacking), "\(lacking.text)") }
        let answer = scopes == [.undoImports] ? lacking : try undo(id, scopes)
        guard answer.status == 202 else { throw TestFailure(answer.text) }
        #expect(try house.work().status == .completed)
        return answer.json?["job_id"]?.stringValue ?? ""
    }

    /// However often a deletion is undone and done again, it stays a deletion.
    @Test func takingADeletionBackAndForthNeedsTheScopeForIt() throws {
        try house.add("A")
        let client = try house.client()
        let asked = try client.send(Call(.delete, "/api/products?confirm=1"))
        let deletion = try #require(asked.json?["job_id"]?.stringValue, "\(asked.text)")
        #expect(try house.work().status == .completed)
        let back: Set<Permission> = [.undoImports, .deleteProducts]
        let first = try undone(deletion, back)
        #expect(try house.store.count(ProductFilter()) == 1)
        let again = try undone(first, back)
        #expect(try house.store.count(ProductFilter()) == 0)
        _ = try undone(again, back)
        #expect(try house.store.count(ProductFilter()) == 1)
    }

    @Test func takingAnImportBackNeedsOnlyTheScopeForThat() throws {
        let id = try #require(try upload(try house.client([.runImports])).json?["job_id"]?.stringValue)
        #expect(try house.work().status == .completed)
        _ = try undone(try undone(id, [.undoImports]), [.undoImports])
        #expect(try house.store.count(ProductFilter()) == 1)
    }
}
