import Crypto
import Database
package import Support
import Web

/// Lets a page read one event stream that can prove by nothing else who it is: `EventSource` takes an address and no
/// headers, and no cookie goes along from another site's page.
///
/// The ticket stands in an address, where histories and proxies keep it, so it is worth little: GET of one path, for as
/// long as the session or token that it was asked with would be let in there. It opens the stream within a minute.
/// Browsers come back by themselves with the same address when a stream breaks off, so a ticket that has opened its
/// stream lets it in again, for a day at most. The database holds its SHA-256.
package struct StreamTicket: Sendable, Equatable {
    /// Seconds within which the stream must be opened.
    static let secondsToOpen: Int64 = 60
    /// Seconds for which a stream that was opened may come back.
    static let secondsToReturn: Int64 = 86_400
    /// Tickets that a user may have; the oldest give way.
    static let mostPerUser = 1000

    let id: Int64
    /// The one path that it opens, as it stands in the address.
    let path: String
    let proof: AccessProof
    /// Whether the database says that its stream was opened.
    let isOpened: Bool
    let createdAt: Timestamp

    /// A new ticket for GET of a path, good as long as what the request comes with.
    /// - Returns: its secret, and until when the stream must be opened.
    package static func make(for path: String, _ context: RequestContext) throws -> (secret: String, until: Timestamp) {
        let principal = try context.principal
        guard let proof = Authentication.proof(in: context.request) else { throw WebError.unauthenticated }
        let secret = context.environment.makeToken()
        let now = context.environment.now()
        try StreamTicketStore(context.database).add(
            secret,
            path: path,
            userID: principal.user.id,
            proof: proof,
            at: now
        )
        return (secret, now.adding(seconds: secondsToOpen))
    }

    /// The ticket in a request's address; nil where none counts.
    static func secret(in request: Request) -> String? {
        guard request.method == .get, request.segments.first == "api" else { return nil }
        return request.query["ticket"]
    }
}
