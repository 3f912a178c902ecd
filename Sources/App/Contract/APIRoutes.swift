import AdminKit
import Catalog
import Crypto
import Identity
import Money
import Records
import Support
import Synchronization
import Web

/// `/api/openapi.json` and `/api/docs`: the contract as programs and as people read it, both made from the route table.
enum APIRoutes {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/openapi.json",
            access: .login,
            Operation("This document", responses: [200: [.json("OpenAPI")]], headers: [.etag]),
            handler: document
        ),
        AppRoute(.get, "/api/docs", access: .login, .page("What the API offers"), handler: docs),
    ]

    static let schemas: [NamedSchema] = [
        NamedSchema("Problem", .problem), NamedSchema("Fault", .fault),
        NamedSchema("ProblemCode", .problemCode(Composition.problemCodes)),
        NamedSchema(
            "Health",
            health.example([
                "status": "ok",
                "checks": [
                    "database": ["status": "ok", "detail": "readable"],
                    "migrations": ["status": "ok", "detail": "current"],
                    "job_runner": ["status": "ok", "detail": "last seen 0 s ago"],
                    "webhook_sender": ["status": "ok", "detail": "last seen 0 s ago"],
                    "write_ahead_log": ["status": "ok", "detail": "0 MB"],
                    "spool": ["status": "ok", "detail": "73661 MB free"],
                ],
            ])
        ),
        NamedSchema(
            "OpenAPI",
            Schema(["type": "object", "description": "An OpenAPI 3.1 document."])
                .example(["openapi": "3.1.1", "info": ["title": "Bodega", "version": "1.0.0"], "paths": .object([])])
        ),
    ]

    private static let health: Schema = {
        let check = Schema.object([
            "status": .choice(["ok", "degraded", "unavailable"]), "detail": .text("What was found."),
        ])
        return .object(["status": .choice(["ok", "degraded", "unavailable"]), "checks": .map(of: check)])
    }()

    @Sendable private static func document(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let served = try context.setting(ServedContract.self).current(try currency(context))
        return Response(
            status: 200,
            headers: .headers(["Content-Type": "application/json", "Cache-Control": "private, no-cache"]),
            body: .bytes(served.bytes)
        ).tagged(served.tag, for: context.request)
    }

    private static func currency(_ context: RequestContext) throws -> Currency {
        try context.settings[Currency.self] ?? CurrencyStore(context.database).currency()
    }

    @Sendable private static func docs(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let contract = Composition.contract(try currency(context))
        return .page(APIDocsView(contract).html(in: try context.shell()))
    }
}

/// The document as it is sent, made with the first request for it: it changes only with the program.
final class ServedContract: Sendable {
    struct Document: Sendable {
        let bytes: [UInt8]
        /// Without its quotes.
        let tag: String
    }

    private let made = Mutex<Document?>(nil)

    func current(_ currency: Currency) -> Document {
        made.withLock { made in
            if let made { return made }
            let bytes = OpenAPIDocument(Composition.contract(currency)).json.bytes + [0x0A]
            let document = Document(bytes: bytes, tag: String(SHA256.hash(bytes).hex.prefix(32)))
            made = document
            return document
        }
    }
}
