import Database
import Records
import Support

/// The pictures of a product at an earlier moment, found by taking its revisions back one by one, newest first.
struct ImagesPast {
    private let present: [StoredImage]
    private(set) var images: [StoredImage]

    init(_ connection: Connection, _ productID: Int64) throws {
        // Those of a deleted product stand there until it is put back.
        present = try ProductImageStore(connection).stored(productID)
        images = present
    }

    /// What leads from the present pictures to those of the moment; nil where these are the same.
    var change: ImagesChange? { ImagesChange.between(present, images) }

    /// Goes to the moment before a revision, from the one after it.
    /// - Returns: what the revision changed; nil where it left the pictures alone.
    @discardableResult
    mutating func takeBack(_ revision: Revision) -> ImagesChange? {
        guard let before = revision.before?[ImagesChange.name]?.arrayValue else { return nil }
        let change = ImagesChange(before: before.compactMap(StoredImage.init(revision:)), after: images)
        images = change.before
        return change
    }
}
