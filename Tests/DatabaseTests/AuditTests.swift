import Support
import Testing

@testable import Database

@Suite struct AuditTests {
    private let now = Timestamp(milliseconds: 1_795_000_000_000)
    private var context: WriteContext {
        WriteContext(actor: .user(3), requestID: "r1", ip: "192.0.2.1", now: now)
    }

    /// A trail of five rows.
    private func trail() throws -> Connection {
        let connection = try Connection.inMemory()
        try Migrator(AuditSchema.migrations).up(connection, now: now)
        for number in 1...5 as ClosedRange<Int64> {
            try append(
                AuditEntry("product.update", "product", id: number, before: ["n": 1], after: ["n": 2]),
                connection
            )
        }
        return connection
    }

    private func append(_ entry: AuditEntry, _ connection: Connection) throws {
        try connection.write { try AuditStore(connection).append(entry, context: context) }
    }

    private func faults(_ connection: Connection, _ change: SQL) throws -> [String] {
        try connection.execute(change)
        return try AuditStore(connection).verify().faults
    }

    @Test func anUntouchedTrailIsIntact() throws {
        let connection = try trail()
        let verdict = try AuditStore(connection).verify()
        #expect(verdict.isIntact && verdict.rows == 5 && verdict.faults == [])
        #expect(verdict.head == (try AuditStore(connection).head()))
        #expect(try AuditStore(connection).verify(known: verdict.head).isIntact)
        let empty = try Connection.inMemory()
        try Migrator(AuditSchema.migrations).up(empty, now: now)
        #expect(try AuditStore(empty).verify().isIntact)
    }

    @Test func anEntryBelongsToATransaction() throws {
        let connection = try trail()
        #expect(throws: DatabaseError.self) {
            try AuditStore(connection).append(AuditEntry("user.create", "user", id: 1), context: context)
        }
        // What is rolled back leaves neither a row nor a hole.
        try? connection.write {
            try AuditStore(connection).append(AuditEntry("user.create", "user", id: 1), context: context)
            throw DatabaseError(.misuse, "on purpose")
        }
        try append(AuditEntry("user.create", "user", id: 1), connection)
        let verdict = try AuditStore(connection).verify()
        #expect(verdict.isIntact && verdict.rows == 6)
    }

    @Test(
        arguments: [
            "at = at + 1", "actor = 'user:4'", "action = 'product.delete'", "entity = 'user'", "entity_id = '9'",
            "entity_id = NULL", "before = '{}'", "before = NULL", "after = '{}'", "ip = '192.0.2.2'", "ip = NULL",
            "request_id = 'r2'", "hash = zeroblob(32)",
        ] as [SQL]
    )
    func aChangedColumnIsFound(change: SQL) throws {
        #expect(
            try faults(try trail(), "UPDATE audit_log SET \(change) WHERE id = 3")
                == ["Row 3 was changed: its content does not match its hash."]
        )
    }

    @Test func aChangedLinkIsFound() throws {
        let found = try faults(try trail(), "UPDATE audit_log SET previous_hash = zeroblob(32) WHERE id = 3")
        #expect(found == ["Row 3 was changed: its content does not match its hash."])
    }

    @Test func aRemovedRowIsFound() throws {
        #expect(try faults(try trail(), "DELETE FROM audit_log WHERE id = 1") == ["Row 1 was removed."])
        #expect(try faults(try trail(), "DELETE FROM audit_log WHERE id = 3") == ["Row 3 was removed."])
        #expect(try faults(try trail(), "DELETE FROM audit_log WHERE id = 5") == ["Row 5 was removed."])
        #expect(try faults(try trail(), "DELETE FROM audit_log WHERE id > 2") == ["Rows 3 to 5 were removed."])
        #expect(try faults(try trail(), "DELETE FROM audit_log") == ["Rows 1 to 5 were removed."])
        #expect(try faults(try trail(), "DELETE FROM audit_head") == ["The note of where the trail ends was removed."])
    }

    @Test func theLastRowIsMissedAlsoWhenTheTrailGoesOn() throws {
        let connection = try trail()
        try connection.execute("DELETE FROM audit_log WHERE id = 5")
        try append(AuditEntry("user.create", "user", id: 1), connection)
        #expect(try AuditStore(connection).verify().faults == ["Row 5 was removed."])
    }

    @Test func rowsPutInAreFound() throws {
        let copy: SQL = """
            INSERT INTO audit_log (id, at, actor, action, entity, previous_hash, hash)
            SELECT 6, at, actor, action, entity, hash, hash FROM audit_log WHERE id = 5
            """
        let found = try faults(try trail(), copy)
        #expect(found.count == 2 && found[0].hasPrefix("Row 6 was changed"))
        let before: SQL = """
            INSERT INTO audit_log (id, at, actor, action, entity, previous_hash, hash)
            SELECT 0, at, actor, action, entity, hash, hash FROM audit_log WHERE id = 1
            """
        #expect(try faults(try trail(), before) == ["Row 0 was put in: the trail begins with row 1."])
    }

    @Test func rowsThatChangedPlacesAreFound() throws {
        let connection = try trail()
        for (from, to) in [(2, 99), (4, 2), (99, 4)] {
            try connection.execute("UPDATE audit_log SET id = \(to) WHERE id = \(from)")
        }
        let found = try AuditStore(connection).verify().faults
        #expect(found.contains { $0.hasPrefix("Row 2 ") } && found.contains { $0.hasPrefix("Row 4 ") })
        #expect(found.allSatisfy { !$0.hasPrefix("Row 1 ") })
    }

    /// Somebody who makes the whole chain anew is found by a hash noted elsewhere.
    @Test func aNotedHeadProvesTheTrail() throws {
        let noted = try AuditStore(try trail()).verify().head
        let other = try Connection.inMemory()
        try Migrator(AuditSchema.migrations).up(other, now: now)
        for number in 1...6 as ClosedRange<Int64> {
            try append(AuditEntry("product.delete", "product", id: number), other)
        }
        #expect(try AuditStore(other).verify().isIntact)
        #expect(try AuditStore(other).verify(known: noted).faults == ["Row 5 does not have the hash that was noted."])
        let far = AuditHead(id: 50, hash: [])
        #expect(try AuditStore(other).verify(known: far).faults == ["Row 50, which was noted, is missing."])
    }

    @Test func longValuesAreCut() throws {
        let connection = try trail()
        let text = String(repeating: "ä", count: 500)
        let list = JSON.array((1...130).map { .int($0) })
        try append(AuditEntry("product.update", "product", id: 1, after: ["d": .string(text), "l": list]), connection)
        let after = try connection.first("SELECT after FROM audit_log WHERE id = 6") { row in row.text(0) } ?? ""
        #expect(after.contains("ä… (500 characters)") && after.contains("100,\"… and 30 more\""))
        #expect(try AuditStore(connection).verify().isIntact)
    }
}
