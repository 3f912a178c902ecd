public import Blobs
public import Database
public import Support

/// A picture that is kept: the name of its blob and what is known of it.
public struct StoredPicture: Sendable, Equatable {
    /// The SHA-256 of the file, as its blob is named.
    public var hash: String
    public var facts: PictureFacts
    /// Bytes of the file.
    public var size: Int64

    public init(hash: String, facts: PictureFacts, size: Int64) {
        self.hash = hash
        self.facts = facts
        self.size = size
    }

    /// 16 hexadecimal digits.
    public var perceptualHash: String { Self.text(of: facts.perceptualHash) }

    static func text(of hash: UInt64) -> String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Behind the name of a blob: what was made of it for a width.
    public static func suffix(side: Int) -> String { "-\(side).webp" }
}

/// All SQL of the picture table: facts of blobs, which never change.
public struct PictureStore {
    public let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// Of a table `k`, for `read`.
    public static let columns: SQL = "k.hash, k.format, k.width, k.height, k.perceptual_hash, k.file_size"

    /// - Parameter first: the number of the first column.
    public static func read(_ row: borrowing Row, from first: Int32 = 0) throws(DatabaseError) -> StoredPicture {
        guard let format = PictureFormat(rawValue: row.text(first + 1)),
            let hash = UInt64(row.text(first + 4), radix: 16)
        else { throw DatabaseError(.decoding, "picture \(row.text(first)) is not readable") }
        return StoredPicture(
            hash: row.text(first),
            facts: PictureFacts(
                format: format,
                width: Int(row.int(first + 2)),
                height: Int(row.int(first + 3)),
                perceptualHash: hash
            ),
            size: row.int(first + 5)
        )
    }

    public func find(_ hash: String) throws(DatabaseError) -> StoredPicture? {
        try connection.first("SELECT \(Self.columns) FROM picture k WHERE k.hash = \(hash)") {
            (row) throws(DatabaseError) in try Self.read(row)
        }
    }

    /// Notes a picture that is used from now on. Call inside the transaction that writes the use.
    ///
    /// Throws `RecordChanged` when its file was removed meanwhile: see `BlobStore.use`.
    public func use(_ picture: StoredPicture, in blobs: Blobs, at now: Timestamp) throws {
        let facts = picture.facts
        try BlobStore(connection).use(picture.hash, in: blobs, mediaType: facts.format.mediaType, at: now)
        try connection.execute(
            """
            INSERT INTO picture (hash, format, width, height, file_size, perceptual_hash, created_at)
            VALUES (\(picture.hash), \(facts.format.rawValue), \(facts.width), \(facts.height), \(picture.size),
                \(picture.perceptualHash), \(now))
            ON CONFLICT (hash) DO NOTHING
            """
        )
    }
}
