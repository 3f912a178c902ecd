import Support
import Testing
import Web

@Suite struct ProblemDocumentTests {
    @Test func saysWhatIsWrongAndNeverTheCause() {
        let error = WebError(
            409,
            "sku_taken",
            "There is a product with this SKU.",
            problems: [Problem("sku", "taken", "Choose another SKU.")],
            headers: .headers(["X-Extra": "1"]),
            members: [JSON.Member("existing_id", 7), JSON.Member("status", 200)],
            cause: "UNIQUE constraint failed: product.sku_norm"
        )
        let response = error.problem(requestID: "abc", instance: "/api/products")
        #expect(response.status == 409)
        #expect(response.headers["Content-Type"] == "application/problem+json")
        #expect(response.headers["X-Extra"] == "1")
        guard case .bytes(let bytes) = response.body else {
            Issue.record("no body")
            return
        }
        let expected = """
            {"type":"about:blank","title":"Conflict","status":409,"detail":"There is a product with this SKU.",\
            "instance":"/api/products","request_id":"abc","code":"sku_taken",\
            "errors":[{"field":"sku","code":"taken","detail":"Choose another SKU."}],"existing_id":7}

            """
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test func everyCodeStandsAmongTheErrors() throws {
        let response = WebError(409, "wrong_state", "It is over.").problem(requestID: "", instance: "")
        guard case .bytes(let bytes) = response.body else {
            Issue.record("no body")
            return
        }
        let document = try JSON.parse(bytes)
        #expect(document["code"] == "wrong_state")
        #expect(document["errors"] == [["field": "", "code": "wrong_state", "detail": "It is over."]])
    }

    @Test func pagesSayTheSame() {
        let page = WebError.notFound.page(requestID: "abc")
        let sentence = "There is nothing at this address."
        #expect(page == ErrorPage(status: 404, title: "Not Found", sentence: sentence, requestID: "abc"))
    }

    @Test func busyAnswersSayWhenToComeBack() {
        let limited = WebError.tooManyRequests("login_throttled", "Too many tries.", retryAfter: 900)
        #expect(limited.problem(requestID: "", instance: "").headers["Retry-After"] == "900")
        let busy = WebError.unavailable("database_busy", "Busy.", retryAfter: 2, cause: "gate")
        #expect(busy.problem(requestID: "", instance: "").headers["Retry-After"] == "2")
        #expect(WebError(503, nil, "Down.").problem(requestID: "", instance: "").headers["Retry-After"] == "5")
        #expect(WebError(500, nil, "Broken.").problem(requestID: "", instance: "").headers["Retry-After"] == nil)
    }

    @Test func everyStatusHasATitle() {
        #expect(statusTitle(200) == "OK")
        #expect(statusTitle(413) == "Content Too Large")
        #expect(statusTitle(422) == "Unprocessable Content")
        #expect(statusTitle(431) == "Request Header Fields Too Large")
        #expect(statusTitle(499) == "Client Error")
        #expect(statusTitle(599) == "Server Error")
        #expect(statusTitle(299) == "Status 299")
    }
}
