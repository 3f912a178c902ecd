public import Support

/// Removes files that nothing uses any more, a few at a time.
public final class BlobCleaning {
    private let store: BlobStore
    private let blobs: Blobs
    private let uses: [BlobUse]
    /// Where the present round stands; nil between rounds.
    private var place: String?

    /// How long a file may wait for its first use: the request or job that has put it there is long over then.
    static let strayDays: Int64 = 1
    private static let page = 200

    public init(_ store: BlobStore, _ blobs: Blobs, uses: [BlobUse]) {
        self.store = store
        self.blobs = blobs
        self.uses = uses
    }

    /// One step: looks at some files, or removes what is due.
    /// - Parameter days: how long a file stays that is not used.
    /// - Returns: whether there is more to do in this round.
    public func step(at now: Timestamp, days: Int64) throws -> Bool {
        if let next = try store.note(after: place ?? "", limit: Self.page, uses: uses, at: now) {
            place = next
            return true
        }
        place = nil
        let oldest = now.adding(seconds: -days * 86_400)
        for name in try store.unused(before: oldest, limit: Self.page) {
            if try store.remove(name, from: blobs, uses: uses) == nil { return true }
        }
        return false
    }

    /// Removes files that were put there and never used.
    /// - Returns: how many.
    public func removeStrays(at now: Timestamp) throws -> Int {
        blobs.removeLeftovers()
        let oldest = now.adding(seconds: -Self.strayDays * 86_400)
        return try blobs.names().count { name in
            // The row first: to ask when a file was written reads the whole folder that it is in.
            guard try store.mediaType(name) == nil, let written = blobs.written(name), written <= oldest else {
                return false
            }
            return try store.removeStray(name, from: blobs)
        }
    }

    /// How many files are known.
    public func count() throws -> Int64 { try store.count() }

    /// What is wrong with the files that are known.
    public enum Damage: Sendable, Equatable {
        case missing(String)
        /// It does not hold what its name says.
        case changed(String)
    }

    /// Reads every file and compares it with its name.
    /// - Parameter visit: told of each that is wrong.
    /// - Returns: how many files there are.
    public func verify(_ visit: (Damage) -> Void) throws -> Int {
        var last = ""
        var count = 0
        while true {
            let entries = try store.page(after: last, limit: Self.page)
            guard let end = entries.last else { return count }
            for entry in entries {
                count += 1
                if !blobs.has(entry.name) {
                    visit(.missing(entry.name))
                } else if try blobs.size(entry.name) != entry.size || !blobs.isSound(entry.name) {
                    visit(.changed(entry.name))
                }
            }
            last = end.name
        }
    }
}
