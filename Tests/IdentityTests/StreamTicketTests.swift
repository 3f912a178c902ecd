import Database
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@testable import Identity

private let stream = "/api/things/1/events"

private let routes: [AppRoute] = [
    AppRoute(.get, "/api/things/{id:int}/events", access: .permission(.readJobs), .page("events")) { context in
        .text("seen by \(try context.principal.user.email)")
    },
    AppRoute(.get, "/api/things/{id:int}", access: .permission(.readJobs), .page("one")) { _ in .text("one") },
    AppRoute(.post, "/api/things/{id:int}/events", access: .login, .form("write")) { _ in .text("written") },
    AppRoute(.post, "/api/ticket", access: .permission(.readJobs), .form("ticket")) { context in
        .text(try StreamTicket.make(for: stream, context).secret)
    },
]

/// What a ticket in the address of an event stream opens, and for how long.
@Suite struct StreamTicketTests {
    let house: TestHouse
    let gatekeeper: Gatekeeper
    let client: TestClient
    let vera: User

    init() throws {
        house = try TestHouse()
        vera = try house.addUser("vera@example.com", .viewer)
        let gatekeeper = try house.gatekeeper(routes)
        self.gatekeeper = gatekeeper
        let transport = HandlerTransport { request in
            do {
                return try gatekeeper.respond(to: request)
            } catch {
                let answer = error as? WebError ?? .internalError(cause: "\(error)")
                return answer.problem(requestID: request.id, instance: request.rawPath)
            }
        }
        client = TestClient(transport.send)
    }

    private func session() throws -> Fields {
        let (cookie, token) = try house.logIn("vera@example.com")
        return .headers(["Cookie": cookie, "X-CSRF-Token": token])
    }

    private func bearer(_ secret: String) -> Fields { .headers(["Authorization": "Bearer \(secret)"]) }

    private func ticket(_ headers: Fields) throws -> String {
        let answer = try client.send(Call(.post, "/api/ticket", headers: headers))
        #expect(answer.status == 200, "\(answer.text)")
        return answer.text
    }

    private func status(_ ticket: String, _ path: String = stream, _ headers: Fields = .headers()) throws -> Int {
        try client.get("\(path)?ticket=\(ticket)", headers: headers).status
    }

    private func stillAllows(_ ticket: String) throws -> Bool {
        try gatekeeper.stillAllows(try #require(Request(.get, "\(stream)?ticket=\(ticket)")))
    }

    @Test func itOpensGETOfOnePathAndNothingElse() throws {
        let ticket = try ticket(try session())
        #expect(try client.get("\(stream)?ticket=\(ticket)").text == "seen by vera@example.com")
        for path in ["/api/things/2/events", "/api/things/1", "/api/things/%31/events", "/api/nothing"] {
            let answer = try client.get("\(path)?ticket=\(ticket)")
            #expect(answer.status == 401 && answer.text.contains("bad_ticket"), "\(path)")
        }
        for method in [Web.Method.post, .head, .put, .delete, .options] {
            #expect(try client.send(Call(method, "\(stream)?ticket=\(ticket)")).status == 401, "\(method)")
        }
        for other in ["", "x", ticket.uppercased(), String(ticket.dropLast())] {
            #expect(try status(other) == 401, "\(other)")
        }
        // A page with a good cookie is told, too, that its ticket is worth nothing; a token counts before it.
        #expect(try status("x", stream, try session()) == 401)
        #expect(try status("x", stream, bearer(try house.addToken(for: vera, [.readJobs]))) == 200)
    }

    @Test func theStreamIsOpenedWithinAMinuteAndComesBackForADay() throws {
        let (unused, used) = (try ticket(try session()), try ticket(try session()))
        house.clock.advance(seconds: 59)
        #expect(try status(used) == 200)
        house.clock.advance(seconds: 1)
        #expect(try status(unused) == 401)
        for _ in 1...3 {
            house.clock.advance(seconds: 3600)
            #expect(try status(used) == 200)
            #expect(try stillAllows(used))
            // Also in a process that has not seen it before.
            #expect(try house.client(routes).get("\(stream)?ticket=\(used)").status == 200)
        }
        #expect(try status(unused) == 401)
        house.clock.advance(seconds: 86_400)
        #expect(try status(used) == 401)
    }

    @Test func itEndsWithItsSession() throws {
        let headers = try session()
        let ticket = try ticket(headers)
        #expect(try status(ticket) == 200)
        let id = try #require(try house.database.first("SELECT MAX(id) FROM session") { row in row.int(0) })
        try SessionStore(house.database).logOut(id, ofUser: vera.id, context: house.context)
        #expect(try status(ticket) == 401)
        #expect(try !stillAllows(ticket))
    }

    @Test func anOpenStreamKeepsNoSessionAlive() throws {
        let ticket = try ticket(try session())
        let seen = { try house.database.first("SELECT last_seen_at FROM session") { row in row.time(0) } }
        let before = try seen()
        house.clock.advance(seconds: 50)
        #expect(try status(ticket) == 200)
        house.clock.advance(seconds: 600)
        #expect(try status(ticket) == 200 && stillAllows(ticket))
        #expect(try seen() == before)
    }

    @Test func itEndsWithItsToken() throws {
        let tokens = TokenStore(house.database)
        let secret = try house.addToken(for: vera, [.readJobs], seconds: 7200)
        let id = try #require(try tokens.all().first?.token.id)
        let first = try ticket(bearer(secret))
        #expect(try status(first) == 200)
        // A secret that still has time keeps what it was asked for; the end of that is the end of both.
        _ = try tokens.rotate(id, ofUser: vera.id, secret: "second", grace: 600, context: house.context)
        let second = try ticket(bearer("second"))
        #expect(try status(first) == 200 && status(second) == 200)
        house.clock.advance(seconds: 600)
        #expect(try status(first) == 401)
        #expect(try status(second) == 200)
        _ = try tokens.revoke(id, context: house.context)
        #expect(try status(second) == 401)
    }

    @Test func itReachesNoFurtherThanWhatItWasAskedWith() throws {
        let secret = try house.addToken(for: vera, [.readProducts])
        #expect(try client.send(Call(.post, "/api/ticket", headers: bearer(secret))).status == 403)
        let ticket = try ticket(bearer(try house.addToken(for: vera, [.readJobs])))
        #expect(try status(ticket) == 200)
        try house.database.write { try house.database.execute("UPDATE \"user\" SET is_active = 0") }
        #expect(try status(ticket) == 401)
    }

    @Test func theOldestGiveWayAndNoneIsStoredInClear() throws {
        let headers = bearer(try house.addToken(for: vera, [.readJobs]))
        let first = try ticket(headers)
        let store = StreamTicketStore(house.database)
        for number in 1...StreamTicket.mostPerUser {
            try store.add("\(number)", path: stream, userID: vera.id, proof: .token(hash: []), at: house.clock.now)
        }
        let count = { try house.database.first("SELECT COUNT(*) FROM stream_ticket") { row in row.int(0) } }
        #expect(try count() == Int64(StreamTicket.mostPerUser))
        #expect(try status(first) == 401)
        house.clock.advance(seconds: StreamTicket.secondsToReturn + 1)
        let last = try ticket(bearer(try house.addToken(for: vera, [.readJobs])))
        #expect(try count() == 1)
        #expect(try store.find(last)?.path == stream)
        let hash = try house.database.first("SELECT ticket_hash FROM stream_ticket") { row in row.blob(0) }
        #expect(hash?.count == 32 && hash != Array(last.utf8))
    }

    /// During an import somebody writes nearly all the time.
    @Test func whatCannotBeNotedAtOnceIsKeptInMind() throws {
        let opened = OpenedTickets(house.database)
        let ticket = try ticket(try session())
        let found = try #require(try opened.find(ticket, path: stream, at: house.clock.now))
        try house.database.write { opened.note(found.id, isNoted: false) }
        house.clock.advance(seconds: 120)
        let again = try #require(try opened.find(ticket, path: stream, at: house.clock.now))
        #expect(!again.isOpened)
        #expect(try OpenedTickets(house.database).find(ticket, path: stream, at: house.clock.now) == nil)
        opened.note(again.id, isNoted: again.isOpened)
        #expect(try OpenedTickets(house.database).find(ticket, path: stream, at: house.clock.now)?.isOpened == true)
    }
}
