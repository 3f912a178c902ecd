import Database
import Support
import Web

/// Lets a POST that carries an `Idempotency-Key` take effect once, however often it is sent.
///
/// What is guaranteed: the key is reserved in a transaction of its own; then everything that the handler writes to the
/// database and the answer that is kept are **one** transaction (`Connection.inOneCommit`). So whoever is killed at any
/// moment has either left effect and answer, and a repetition gets the answer, or neither, and a repetition runs as if
/// it were the first. There is no state in between in which the effect could happen twice or its answer be lost.
///
/// A reservation whose process is gone is taken over at once, one whose process lives after its lease. Should the first
/// try still be at it then, it finds its reservation taken when it wants to commit, and is rolled back. Files are not
/// part of a transaction: an upload that was claimed for a job that never came to be is left to the retention of
/// uploads.
struct Idempotency {
    private let database: Connection
    private let environment: Environment
    private let processes: ProcessNames

    init(_ database: Connection, _ environment: Environment, _ processes: ProcessNames) {
        self.database = database
        self.environment = environment
        self.processes = processes
    }

    /// The answer of the handler, or the one that the same request got before.
    /// - Parameters:
    ///   - content: the hashes of the request's body.
    ///   - seconds: how long the handler may take at most.
    ///
    /// Throws 409 `idempotency_running`, 422 `idempotency_key_reused`, and what the handler throws.
    func answer(
        _ request: Request,
        key: String,
        content: BodyHashes,
        by principal: Principal,
        seconds: Int64,
        handler: () throws -> Response
    ) throws -> Response {
        let now = environment.now()
        let claim = IdempotencyStore.Claim(
            userID: principal.user.id,
            name: IdempotencyKey.stored(key),
            requestHash: try IdempotencyKey.hash(of: request, key, content: content, by: principal),
            attempt: environment.random(16).hex,
            holder: processes.own,
            leaseUntil: now.adding(seconds: seconds),
            now: now
        )
        // What is over is answered without waiting for those who write.
        if let stored = try stored(claim) { return try stored.replay() }
        let raced = try database.write(.normal) { () -> StoredAnswer? in
            if let stored = try stored(claim) { return stored }
            try store.claim(claim)
            return nil
        }
        if let raced { return try raced.replay() }
        do {
            return try run(request, claim, handler)
        } catch {
            // Nothing was done. Should this fail too, the reservation ends with the process or with its lease.
            _ = try? database.write(.normal) { try store.release(claim) }
            throw error
        }
    }

    private var store: IdempotencyStore { IdempotencyStore(database) }

    /// The answer to a request that is over; nil when it may run.
    private func stored(_ claim: IdempotencyStore.Claim) throws -> StoredAnswer? {
        guard let entry = try store.find(claim.userID, claim.name, now: claim.now) else { return nil }
        guard entry.requestHash == claim.requestHash else {
            throw WebError(
                422,
                "idempotency_key_reused",
                """
                This Idempotency-Key was sent with another request, or with other permissions, within the last 24 \
                hours; use a new one.
                """
            )
        }
        if let answer = entry.answer { return answer }
        guard entry.leaseUntil <= claim.now || !processes.isAlive(entry.holder) else {
            throw WebError(
                409,
                "idempotency_running",
                "The first request with this Idempotency-Key is still running; ask again in a moment.",
                headers: .headers(["Retry-After": "1"])
            )
        }
        return nil
    }

    private func run(
        _ request: Request,
        _ claim: IdempotencyStore.Claim,
        _ handler: () throws -> Response
    ) throws -> Response {
        try database.inOneCommit {
            let response = try Self.outcome(request, handler)
            guard let answer = StoredAnswer(response) else {
                try database.write(.normal) { try store.release(claim) }
                return response
            }
            guard try database.write(.full, { try store.finish(claim, answer) }) else {
                throw WebError(
                    409,
                    "idempotency_running",
                    "Another request with this Idempotency-Key took over, because this one was too slow.",
                    headers: .headers(["Retry-After": "1"])
                )
            }
            return response
        }
    }

    /// What the handler answers. A refusal that is kept is an answer too; everything else that it throws is not.
    private static func outcome(_ request: Request, _ handler: () throws -> Response) throws -> Response {
        do {
            return try handler()
        } catch let error as WebError where StoredAnswer.isKept(error.status) {
            return error.problem(requestID: request.id, instance: request.rawPath)
        }
    }
}

/// How processes are called, so that a reservation of one that is gone does not hold others up.
package struct ProcessNames: Sendable {
    package var own: String
    package var isAlive: @Sendable (String) -> Bool

    package init(own: String, isAlive: @escaping @Sendable (String) -> Bool) {
        self.own = own
        self.isAlive = isAlive
    }

    /// The holder of a reservation lives: only its lease ends it.
    package static let unknown = ProcessNames(own: "", isAlive: { _ in true })
}

extension StoredAnswer {
    /// 2xx, and 4xx except those that the same request may well not get again.
    static func isKept(_ status: Int) -> Bool {
        (200..<300).contains(status) || ((400..<500).contains(status) && ![401, 403, 429].contains(status))
    }

    /// Stands in place of the headers of an answer that held a secret: a new token, a cookie, a link.
    private static let secret = "secret"

    /// Nil when it is not kept. Of an answer that a handler wants stored nowhere, only that there was one is kept:
    /// secrets must not lie in the database, nor in its backups.
    init?(_ response: Response) {
        guard Self.isKept(response.status), case .bytes(let bytes) = response.body else { return nil }
        if response.headers["Set-Cookie"] != nil || response.headers["Cache-Control"] == "no-store" {
            self.init(status: response.status, headers: Self.secret, body: [])
            return
        }
        let kept = ["location", "etag", "content-type"]
        let fields = response.headers.all.filter { kept.contains($0.name.lowercased()) }
        self.init(
            status: response.status,
            headers: JSON.array(fields.map { .array([.string($0.name), .string($0.value)]) }).text,
            body: bytes
        )
    }

    /// As it is sent again.
    ///
    /// Throws 409 `idempotency_answer_not_kept` when it held a secret.
    func replay() throws(WebError) -> Response {
        guard headers != Self.secret else {
            throw WebError(
                409,
                "idempotency_answer_not_kept",
                "This was done before with the status \(status). Its answer held a secret, which is not kept.",
                headers: .headers(["Idempotency-Replayed": "true"])
            )
        }
        var response = Response(status: status, body: .bytes(body))
        for pair in (try? JSON.parse(headers))?.arrayValue ?? [] {
            guard let pair = pair.arrayValue, pair.count == 2, let name = pair[0].stringValue,
                let value = pair[1].stringValue
            else { continue }
            response.headers.append(name, value)
        }
        response.headers.set("Idempotency-Replayed", "true")
        return response
    }
}
