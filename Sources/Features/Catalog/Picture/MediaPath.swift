import Pictures
import Web

/// Where pictures are looked at. An address names its content by hash and size, so it never changes what it shows.
enum MediaPath {
    static let rendition: PathPattern = "/media/{file}"

    /// - Parameter side: one of `Picture.Rendition.sides`.
    static func rendition(_ hash: String, side: Int) -> String {
        rendition("\(hash)\(StoredPicture.suffix(side: side))").description
    }

    /// The least that is sharp in a line of a list, on screens with two pixels for one.
    static let inLists = 96
    /// For cards.
    static let inCards = 480
    static let whole = 1600
}
