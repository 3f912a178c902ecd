import Database
import Support
import Testing

@Suite struct SQLTests {
    @Test func interpolationBinds() {
        let name = "O'Hara\"; DROP TABLE x --"
        let sql: SQL = "SELECT \(name), \(1), \(Int64.max), \(true), \(1.5), \([1, 2] as [UInt8])"
        #expect(sql.text == "SELECT ?, ?, ?, ?, ?, ?")
        #expect(
            sql.arguments
                == [.text(name), .integer(1), .integer(.max), .integer(1), .real(1.5), .blob([1, 2])]
        )
        let time: SQL = "\(Timestamp(milliseconds: 7))"
        #expect(time.arguments == [.integer(7)])
    }

    @Test func optionalsAreValuesOrNull() {
        let none: String? = nil
        let some: Int64? = 3
        let sql: SQL = "\(none) \(some) \(Timestamp?.none) \(DatabaseValue.text("t"))"
        #expect(sql.arguments == [.null, .integer(3), .null, .text("t")])
    }

    @Test func identifiersAreQuoted() throws {
        let sql: SQL = "\(ident: "a\"b") \(ident: "\"") \(ident: "")"
        #expect(sql.text == "\"a\"\"b\" \"\"\"\" \"\"")
        let connection = try Connection.inMemory()
        let name = "x\"); DROP TABLE t; --"
        try connection.write {
            try connection.execute("CREATE TABLE t (\(ident: name) TEXT) STRICT")
            try connection.execute("INSERT INTO t (\(ident: name)) VALUES (\("v"))")
        }
        #expect(try connection.first("SELECT \(ident: name) FROM t") { row in row.text(0) } == "v")
    }

    @Test func partsNestWithTheirArguments() {
        let inner: SQL = "b = \(2)"
        let both = (["a = \(1)", inner, "c IN \(list: ["x", "y"])"] as [SQL]).joined(separator: " AND ")
        let sql: SQL = "WHERE \(both) LIMIT \(9)"
        #expect(sql.text == "WHERE a = ? AND b = ? AND c IN (?, ?) LIMIT ?")
        #expect(sql.arguments == [.integer(1), .integer(2), .text("x"), .text("y"), .integer(9)])
        #expect(([] as [SQL]).joined(separator: ", ").text == "")
        let empty: SQL = "\(list: [Int64]())"
        #expect(empty.text == "(SELECT NULL WHERE 1 = 0)")
        let raw: SQL = "\(raw: "1 + 1")"
        #expect(raw.text == "1 + 1" && raw.arguments.isEmpty)
    }

    @Test func anEmptyListMatchesNothing() throws {
        let connection = try Connection.inMemory()
        #expect(try connection.first("SELECT 1 WHERE 1 IN \(list: [Int]())") { _ in true } == nil)
    }

    @Test func errorsShowTheStatementNeverTheValues() throws {
        let connection = try Connection.inMemory()
        try connection.write {
            try connection.execute("CREATE TABLE t (k TEXT UNIQUE, n INTEGER NOT NULL) STRICT")
            try connection.execute("INSERT INTO t VALUES (\("secret-1"), \(1))")
        }
        let failing: [SQL] = [
            "INSERT INTO t VALUES (\("secret-1"), \(2))", "INSERT INTO t VALUES (\("secret-2"), NULL)",
            "INSERT INTO t VALUES (\("secret-3"), \("secret-4"))", "SELECT nothing FROM t WHERE k = \("secret-5")",
        ]
        for (index, sql) in failing.enumerated() {
            do {
                try connection.write { try connection.execute(sql) }
                Issue.record("\(sql.text) was accepted")
            } catch let error as DatabaseError {
                #expect(!error.description.contains("secret"), "\(error)")
                #expect(!error.message.contains("secret"))
                #expect(error.description.contains(sql.text))
                #expect(error.sql == sql.text)
                #expect(error.isUniqueViolation == (index == 0))
            }
        }
    }

    @Test func errorsAreTold() {
        #expect(DatabaseError(.gate, "late").isBusy)
        #expect(DatabaseError(.sqlite(5), "busy").isBusy)
        #expect(DatabaseError(.sqlite(517), "busy snapshot").isBusy)
        #expect(!DatabaseError(.sqlite(1), "error").isBusy)
        #expect(DatabaseError(.sqlite(13), "full").isDiskFull)
        #expect(DatabaseError(.sqlite(778), "write").isDiskFull)
        #expect(!DatabaseError(.misuse, "no").isDiskFull)
        #expect(DatabaseError(.sqlite(1555), "key").isUniqueViolation)
        #expect(DatabaseError(.misuse, "no").primaryCode == nil)
        #expect(DatabaseError(.sqlite(2067), "u").description == "database: u (2067)")
        #expect(DatabaseError(.misuse, "no", sql: "SELECT 1").description == "database: no in: SELECT 1")
    }

    @Test func doubleQuotedTextIsNoText() throws {
        let connection = try Connection.inMemory()
        #expect(throws: DatabaseError.self) { try connection.first("SELECT \"misspelt\"") { row in row.text(0) } }
    }
}
