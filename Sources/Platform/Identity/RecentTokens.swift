import Database

/// The tokens that were looked up last, as long as nothing at all has changed in the database since: a program that
/// asks a thousand times a second is looked up once. Not kept are secrets, only their hashes. Belongs to one
/// connection.
final class RecentTokens {
    /// A token with its user, as the database has them.
    typealias Entry = (token: APIToken, user: User)

    private static let most = 64
    private let connection: Connection
    private var entries: [[UInt8]: Entry] = [:]
    private var content: ContentVersion?

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// As `TokenStore.find(hash:)`.
    func find(hash: [UInt8]) throws(DatabaseError) -> Entry? {
        let present = try connection.contentVersion()
        if present != content || entries.count >= Self.most {
            entries.removeAll(keepingCapacity: true)
            content = present
        }
        if let entry = entries[hash] { return entry }
        guard let entry = try TokenStore(connection).find(hash: hash) else { return nil }
        entries[hash] = entry
        return entry
    }
}
