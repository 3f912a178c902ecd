public import Database
public import Money
public import Support

/// All SQL of the shop's currency, in which every amount of every noun is written.
public struct CurrencyStore {
    public let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// The shop's currency; the euro until one is fixed.
    public func currency() throws(DatabaseError) -> Currency { try fixedCurrency() ?? .euro }

    /// The shop's currency as `fixCurrency` has set it at first start, never to change again; nil before.
    public func fixedCurrency() throws(DatabaseError) -> Currency? {
        try connection.first("SELECT code, exponent FROM catalogue_currency") { row in
            Currency(code: row.text(0), exponent: Int(row.int(1)))
        }
    }

    /// Fixes the currency for good, unless it is fixed already.
    public func fixCurrency(_ currency: Currency, at now: Timestamp) throws {
        try connection.write {
            try connection.execute(
                """
                INSERT INTO catalogue_currency (id, code, exponent, created_at)
                VALUES (1, \(currency.code), \(currency.exponent), \(now)) ON CONFLICT (id) DO NOTHING
                """
            )
        }
    }
}
