import AdminKit
import AdminKitTestSupport
import Database
import Glibc
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

/// Rows corrected on the page, with the worker in this process: whatever the form of the file, they are read as those
/// of a corrected file are.
@Suite(.serialized) struct FailingRowsPageTests {
    private let house: CatalogHouse
    private let browser: TestClient
    private let csrf: String

    init() throws {
        house = try CatalogHouse()
        let uploads = house.folder.file("uploads")
        try Files.makeFolder(uploads)
        house.house.settings[UploadFolder.self] = UploadFolder(uploads, limit: 1 << 20)
        (browser, csrf) = try house.browser()
    }

    private func imported(_ bytes: [UInt8], _ query: String = "") throws -> Job {
        let client = try house.client()
        let answer = try client.send(.post, "/api/upload-csv\(query)", "text/csv", bytes)
        guard answer.status == 202 else { throw TestFailure(answer.text) }
        return try house.work()
    }

    private func pageFaults(_ text: String) -> [String] { faults(in: "\(raw: text)") }

    private func imported(_ text: String, _ query: String = "") throws -> Job { try imported(Array(text.utf8), query) }

    private func page(_ job: Job, _ query: String = "") throws -> String {
        let answer = try browser.get("/imports/\(job.publicID)/rows\(query)")
        guard answer.status == 200 else { throw TestFailure(answer.text) }
        #expect(pageFaults(answer.text) == [])
        return answer.text
    }

    private func save(_ job: Job, _ fields: [(String, String)], _ query: String = "") throws -> Answer {
        let form = ([("csrf_token", csrf)] + fields).map { "\($0.percentEncoded)=\($1.percentEncoded)" }
        let body = Array(form.joined(separator: "&").utf8)
        let type = "application/x-www-form-urlencoded"
        return try browser.send(.post, "/imports/\(job.publicID)/rows\(query)", type, body)
    }

    /// Saves and has the rows imported.
    private func corrected(_ job: Job, _ fields: [(String, String)]) throws -> Job {
        let answer = try save(job, fields)
        guard answer.status == 303 else { throw TestFailure(answer.text) }
        #expect(answer.headers["Location"] == "/imports/\(job.publicID)/rows")
        return try house.work()
    }

    private struct Form: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var file: String
        var query = ""
        var typed: [(String, String)]
        /// SKU and name afterwards.
        var product: (String, String)
    }

    private static let forms: [Form] = [
        Form(
            testDescription: "semicolons",
            file: "sku;name;price\na;Wein; rot;9,00\n",
            typed: [("cell-1-1", "Wein; \"rot\""), ("cell-1-2", "9,00"), ("cell-1-3", "")],
            product: ("a", "Wein; \"rot\"")
        ),
        Form(
            testDescription: "nothing is quoted",
            file: "sku|name|price\na|Wein|x\n",
            query: "?quote=none",
            typed: [("cell-1-1", "Wein|rot"), ("cell-1-2", "9")],
            product: ("a", "Wein|rot")
        ),
        Form(
            testDescription: "a quote that is not closed",
            file: "sku,name,price\na,\"Wein,9\n",
            typed: [("cell-1-1", "Wein"), ("cell-1-2", "9")],
            product: ("a", "Wein")
        ),
        Form(
            testDescription: "a quote in the middle, read as meant",
            file: "sku,name,price\na,\"We\"in,9\n",
            typed: [("right-1", "1")],
            product: ("a", "Wein")
        ),
        Form(
            testDescription: "columns of one name and without any",
            file: "sku,name,,Note,Note,price\na,,x,one,two,9\n",
            typed: [("cell-1-1", "Wein"), ("cell-1-3", "one"), ("cell-1-4", "two")],
            product: ("a", "Wein")
        ),
        Form(
            testDescription: "a title above the header",
            file: "Preisliste\n\nsku,name,price\na,Wein,x\n",
            typed: [("cell-1-2", "9")],
            product: ("a", "Wein")
        ),
        Form(
            testDescription: "another row in the form that does not fail",
            file: "sku,name,price\na,Wein,x\nb,Bier,1\n",
            typed: [("cell-1-2", "9"), ("cell-2-1", "Not this"), ("cell-77-1", "nor this")],
            product: ("b", "Bier")
        ),
    ]

    @Test(arguments: forms.indices)
    func rowsOfEveryForm(index: Int) throws {
        let form = Self.forms[index]
        let job = try imported(form.file, form.query)
        #expect(job.books.failed == 1)
        let done = try corrected(job, form.typed)
        let left = try RowErrorStore(house.database).list(jobID: job.id, limit: 9).map(\.error)
        #expect(left == [] && done.books.failed == 0)
        #expect(done.books.balances && done.id == job.id)
        #expect(try house.store.find(sku: form.product.0)?.name == form.product.1)
        #expect(done.result?["repair"]?["filename"]?.stringValue == CorrectedRowsFile.name)
        #expect(try page(done).contains("No row of this import fails"))
    }

    /// What is not changed stays as it is, byte for byte; line breaks come back from a form as others.
    @Test func cellsThatNobodyTouchedStay() throws {
        let text = Array("sku,name,description,price\na,Wein,\"one\ntwo\",x\n".utf8)
        let job = try imported(text)
        let shown = try page(job)
        #expect(shown.contains("<textarea") && shown.contains("one\ntwo</textarea>"))
        let done = try corrected(job, [("cell-1-2", "one\r\ntwo"), ("cell-1-3", "9")])
        #expect(done.books == books(1, created: 1))
        #expect(try house.store.find(sku: "a")?.description == "one\ntwo")
        let bad = try imported(Array("sku,name,price\nb,W".utf8) + [0xFF] + Array("in,x\n".utf8), "?encoding=utf-8")
        let again = try corrected(bad, [("cell-1-1", "W\u{FFFD}in"), ("cell-1-2", "9")])
        let left = try RowErrorStore(house.database).list(jobID: again.id, limit: 9).map(\.error.code)
        #expect(left == ["not_utf8"], "a letter that nobody could read is not made up")
    }

    @Test func whatCannotBeSavedStandsAsItWasTyped() throws {
        let job = try imported("sku,name,price\na,Wein,x\nb,,y\n")
        let none = try save(job, [("cell-1-2", "x")])
        #expect(none.status == 422 && none.text.contains("No row was changed"))
        let gone = try save(job, [("cell-9-2", "1")])
        #expect(gone.status == 409 && gone.text.contains("These rows do not fail any more"))
        #expect(try save(job, [("cell-1-2", "1")]).status == 303)
        let busy = try save(job, [("cell-2-1", "Typed <here>")])
        #expect(busy.status == 409 && busy.text.contains("value=\"Typed &lt;here&gt;\""))
        #expect(!busy.text.contains("http-equiv=\"refresh\"") && !busy.text.contains("data-stream"))
        #expect(busy.text.contains("Save and import what I changed"))
        let shown = try page(job)
        #expect(shown.contains("The corrected rows are being imported.") && shown.contains("http-equiv=\"refresh\""))
        #expect(try house.work().books == books(2, created: 1, failed: 1))
        #expect(try browser.send(Call(.post, "/imports/\(job.publicID)/rows")).status == 403, "without a token")
    }

    @Test func whoSeesWhat() throws {
        let stopped = try imported("sku,name,price\na,Wein,x\n", "?on_error=stop")
        #expect(stopped.status == .failed)
        #expect(try page(stopped).contains("Correct the file and upload it again."))
        #expect(try !page(stopped).contains("<input class=\"input\""))
        let waiting = try imported("sku,name,price\na,Wein,x\nb,Bier,2\n", "?review=1")
        #expect(waiting.status == .awaitingConfirmation)
        #expect(try page(waiting).contains("They can be corrected here once the others are imported."))
        let overview = try browser.get("/imports/\(waiting.publicID)").text
        #expect(overview.contains("<strong>1 row:</strong>") && overview.contains(">Show<span"))
        let job = try imported("sku,name,price\na,Wein,x\n")
        #expect(try page(job, "?problem=no_sku").contains("No row has this problem any more"))
        #expect(try browser.get("/imports/\(job.publicID)/rows?colour=red").status == 400)
        try Files.removeAll(in: house.folder.file("uploads"))
        let lost = try page(job)
        #expect(lost.contains("is not kept any more") && lost.contains("Line 2"))
    }

    /// A page holds what one form may, and leads on to the rest.
    @Test func pagesOfRows() throws {
        let long = String(repeating: "long text ", count: 1000)
        let rows = (1...40).map { "s\($0),Name,\(long),x\n" }.joined()
        let job = try imported("sku,name,description,price\n\(rows)")
        let first = try page(job)
        #expect(first.contains("Line 2") && !first.contains("Line 40"))
        #expect(first.utf8.count < 1 << 20)
        let link = try #require(
            first.split(separator: "rel=\"next\" href=\"").dropFirst().first?.split(separator: "\"").first
        )
        let second = try browser.get(link.split(separator: "&amp;").joined(separator: "&")).text
        #expect(second.contains("<legend>Line ") && !second.contains("<legend>Line 2 "))
        #expect(try page(job, "?problem=bad_price&column=price").contains("of 40 rows"))
    }
}

extension Files {
    fileprivate static func removeAll(in folder: String) throws {
        for name in names(in: folder) where unlink("\(folder)/\(name)") != 0 { throw SystemError("remove \(name)") }
    }
}
