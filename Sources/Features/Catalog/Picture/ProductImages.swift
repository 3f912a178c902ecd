import Database
import Identity
import Pictures
import Support
import Web

/// Changes of the pictures of one product, as the API and the page ask for them.
struct ProductImages {
    private let connection: Connection
    private let library: PictureLibrary
    private let writer: WriteContext
    private let productID: Int64

    init(_ connection: Connection, _ library: PictureLibrary, _ writer: WriteContext, of productID: Int64) {
        self.connection = connection
        self.library = library
        self.writer = writer
        self.productID = productID
    }

    /// What is said of a new picture.
    struct Arrival {
        var bytes: [UInt8]
        var filename: String?
        var url: String?
        var altText: String?
    }

    /// Adds a picture at the end. It is decoded before anybody has to wait for the change.
    /// - Parameter check: sees the product that it would be added to.
    ///
    /// Throws 409 `image_taken` and `too_many_images`, `PictureFault`, `ProductStore.Refusal`.
    func add(_ arrival: Arrival, _ check: (Product) throws -> Void = { _ in }) throws -> (Product, hash: String) {
        let pictures = PictureStore(connection)
        var looked: PictureLibrary.Found?
        let product = try ProductStore(connection).changeImages(productID, library, writer) { product, present in
            try check(product)
            guard present.count < StoredImage.most else { throw ImageRefusal.tooMany }
            // Where somebody was quicker this comes again; the picture is looked at once.
            let found = try looked ?? library.look(arrival.bytes, known: pictures.find)
            let hash = found.stored.hash
            if let same = present.first(where: { $0.hash == hash }) { throw ImageRefusal.taken(same.id) }
            looked = try library.keep(found) ? found : nil
            guard looked != nil else { throw RecordChanged() }
            let image = StoredImage(
                hash: hash,
                filename: arrival.filename,
                url: arrival.url,
                altText: arrival.altText
            )
            return (present + [image], [found.stored])
        }
        return (product, looked?.stored.hash ?? "")
    }

    /// Changes, orders or removes those that are there.
    func change(_ edit: (Product, [StoredImage]) throws -> [StoredImage]) throws -> Product {
        try ProductStore(connection).changeImages(productID, library, writer) { product, present in
            (try edit(product, present), [])
        }
    }
}
