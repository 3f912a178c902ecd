import Pictures
import Support

/// A picture of a product, as it stands among its others.
struct ProductImage: Sendable, Equatable {
    var id: Int64
    var productID: Int64
    var picture: StoredPicture
    var image: StoredImage
    /// From 0 on.
    var position: Int
    var createdAt: Timestamp
    var updatedAt: Timestamp

    /// What people read where the picture cannot be seen: its own text, else the product's name.
    func alternative(_ productName: String) -> String { image.altText ?? productName }
}

/// What a product says of one of its pictures, as revisions keep it; its place is that in the list.
struct StoredImage: Sendable, Equatable {
    /// Nil for one that is not stored yet.
    var id: Int64?
    /// The picture: see `StoredPicture`.
    var hash: String
    /// As it was called where it came from; text for people only.
    var filename: String?
    /// Where it was fetched.
    var url: String?
    /// What is to be seen, for those who cannot see it.
    var altText: String?
    /// Whether it stands for the product in lists; one does, where any is active.
    var isFeatured = false
    /// Whether it is shown to customers.
    var isActive = true

    /// Pictures that a product has at most.
    static let most = 250
    /// Characters of an alternative text.
    static let mostAltText = 512

    init(hash: String, filename: String? = nil, url: String? = nil, altText: String? = nil) {
        self.hash = hash
        self.filename = filename
        self.url = url
        self.altText = altText
    }

    /// As a revision keeps it; nil for what is no picture of one.
    init?(revision json: JSON) {
        guard let hash = json["hash"]?.stringValue else { return nil }
        self.init(
            hash: hash,
            filename: json["filename"]?.stringValue,
            url: json["url"]?.stringValue,
            altText: json["alt_text"]?.stringValue
        )
        id = json["id"]?.intValue
        isFeatured = json["featured"]?.boolValue ?? false
        isActive = json["active"]?.boolValue ?? true
    }

    /// As a revision keeps it.
    var revision: JSON {
        [
            "id": .optional(id), "hash": .string(hash), "filename": .optional(filename), "url": .optional(url),
            "alt_text": .optional(altText), "featured": .bool(isFeatured), "active": .bool(isActive),
        ]
    }

    /// All that is not given by this installation, as one text.
    var digestText: String {
        var image = self
        image.id = nil
        return image.revision.text
    }

    /// As the history shows it.
    var shown: JSON {
        [
            "id": .optional(id), "file_hash": .string(hash), "filename": .optional(filename),
            "alt_text": .optional(altText), "is_featured": .bool(isFeatured), "is_active": .bool(isActive),
        ]
    }
}

extension [StoredImage] {
    /// The list with exactly one featured picture, as long as one is active: the first that is said to be, else the
    /// first active one.
    var settled: [StoredImage] {
        let chosen = firstIndex { $0.isFeatured && $0.isActive } ?? firstIndex(where: \.isActive)
        return enumerated().map { index, image in
            var image = image
            image.isFeatured = index == chosen
            return image
        }
    }

    /// A line for each, as histories show them; nil for none.
    var lines: String? {
        guard !isEmpty else { return nil }
        return map { image in
            let name = image.altText ?? image.filename ?? String(image.hash.prefix(8))
            return "\(name)\(image.isFeatured ? " (featured)" : "")\(image.isActive ? "" : " (not active)")"
        }.joined(separator: "\n")
    }
}

/// The pictures of a product before and after a change.
struct ImagesChange: Sendable, Equatable {
    var before: [StoredImage]
    var after: [StoredImage]

    /// Under which revisions, histories and audit trails have them.
    static let name = "images"
    /// For people.
    static let label = "Pictures"

    /// Nil where nothing differs.
    static func between(_ before: [StoredImage], _ after: [StoredImage]) -> ImagesChange? {
        before == after ? nil : ImagesChange(before: before, after: after)
    }

    /// Without the pictures that are the same in both, as the audit trail has it: the whole lists, and what became of
    /// their order, stand in the history.
    var differing: ImagesChange {
        ImagesChange(before: before.filter { !after.contains($0) }, after: after.filter { !before.contains($0) })
    }

    /// As a revision keeps what was there.
    static func revision(_ images: [StoredImage]) -> JSON { .array(images.map(\.revision)) }
}
