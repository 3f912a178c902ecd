import Identity
import Testing
import Web

@testable import App

/// Which processes answer what.
@Suite struct PoolTests {
    /// A file is as long as it is, and its reader as slow as it is: only what sends downloads waits for that.
    @Test func everyDownloadIsInThePoolOfDownloads() {
        let files = Composition.routes.filter { route in
            route.method == .get && route.operation.headers.contains(.disposition)
        }
        #expect(
            Set(files.map { "\($0.path)" }) == [
                "/api/products.csv", "/api/products.ndjson", "/api/products.xlsx", "/api/jobs/{id}/errors.csv",
                "/api/jobs/{id}/file",
                "/api/audit-log.csv",
            ]
        )
        #expect(files.allSatisfy { $0.pool == .export })
        #expect(Composition.routes.filter { $0.pool == .export }.count == files.count)
    }

    /// What is not JSON, a page, a picture or a stream of events is a file, and says under which name it is saved.
    @Test func everyFileSaysThatItIsOne() {
        let others: Set<String> = [
            "application/json", "application/problem+json", "text/html", "text/event-stream", "image/webp",
        ]
        for route in Composition.routes where route.method == .get {
            let types = (route.operation.responses[200] ?? []).map(\.mediaType)
            let isFile = !types.allSatisfy { others.contains($0) }
            let name = "\(route.path)"
            #expect(isFile == route.operation.headers.contains(.disposition), "\(name)")
        }
    }
}
