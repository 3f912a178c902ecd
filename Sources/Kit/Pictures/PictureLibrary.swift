public import Blobs
import Support

/// Where pictures are kept: takes files in, as blobs with what is made of them for screens.
public struct PictureLibrary: Sendable {
    public let blobs: Blobs
    /// Decodes a picture; see `PictureWorker.read`.
    private let decode: @Sendable ([UInt8]) throws -> Picture

    /// - Parameter decode: a process of its own for each picture when left out.
    public init(_ blobs: Blobs, decode: @escaping @Sendable ([UInt8]) throws -> Picture = Self.decodeOnce) {
        self.blobs = blobs
        self.decode = decode
    }

    /// Decodes one picture in a process that ends with it.
    @Sendable public static func decodeOnce(_ bytes: [UInt8]) throws -> Picture { try PictureWorker().read(bytes) }

    /// The same library with another way to decode, as a job has it that reads many.
    public func decoding(_ decode: @escaping @Sendable ([UInt8]) throws -> Picture) -> PictureLibrary {
        PictureLibrary(blobs, decode: decode)
    }

    /// A file that was found to be a picture; nothing of it is kept yet.
    public struct Found: Sendable {
        public let stored: StoredPicture
        let bytes: [UInt8]
        let renditions: [Picture.Rendition]
    }

    /// Looks at a file.
    /// - Parameter known: what is known of it already, by its hash; then it is not decoded again.
    ///
    /// Throws `PictureFault` for what is no picture, or too much of one.
    public func look(_ bytes: [UInt8], known: (String) throws -> StoredPicture?) throws -> Found {
        guard bytes.count <= PictureLimits.bytes else { throw PictureFault.tooLong }
        let hash = Blobs.name(of: bytes)
        if let stored = try known(hash), isWhole(stored.hash) {
            return Found(stored: stored, bytes: bytes, renditions: [])
        }
        let picture = try decode(bytes)
        let stored = StoredPicture(hash: hash, facts: picture.facts, size: Int64(bytes.count))
        return Found(stored: stored, bytes: bytes, renditions: picture.renditions)
    }

    /// Whether a file and all that is made of it are there.
    private func isWhole(_ hash: String) -> Bool {
        blobs.has(hash) && Picture.Rendition.sides.allSatisfy { blobs.has(hash, StoredPicture.suffix(side: $0)) }
    }

    /// Keeps a file; what is there already is not written again. Before its use is written: see `PictureStore.use`.
    /// - Returns: whether it is there with all that is made of it; not where that was there when it was looked at, and
    ///   has gone since. Then look again.
    public func keep(_ found: Found) throws -> Bool {
        for rendition in found.renditions {
            let suffix = StoredPicture.suffix(side: rendition.side)
            try blobs.put(rendition.bytes, madeOf: found.stored.hash, suffix)
        }
        try blobs.put(found.bytes)
        return isWhole(found.stored.hash)
    }
}
