import Database

/// Tells the brands of a file that no product has: a misspelt one makes a second brand, so a plan announces them.
final class NewBrandStore {
    private let known: Prepared
    /// Hashes of the brands that were looked up: long names cost no more memory than short ones. Two brands of one hash
    /// would keep one of them from being announced, which is not to be expected in the age of a file.
    private var seen: Set<Int> = []

    /// Files with more brands than this do not have brands in that column; the others are not looked up.
    private static let most = 100_000

    init(_ connection: Connection) throws(DatabaseError) {
        known = Prepared(try connection.prepare("SELECT 1 FROM product WHERE brand = ? LIMIT 1"))
    }

    /// Whether it is the first record with a brand that no product has.
    func isNew(_ brand: UnsafeBufferPointer<UInt8>) throws(DatabaseError) -> Bool {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(brand))
        guard seen.count < Self.most, seen.insert(hasher.finalize()).inserted else { return false }
        known.statement.bindBorrowed(1, brand)
        defer { known.statement.reset() }
        return try !known.statement.step()
    }
}
