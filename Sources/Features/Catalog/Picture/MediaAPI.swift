import AdminKit
import Blobs
import Identity
import Pictures
import Support
import Web

/// `/media/{hash}-{width}.webp`: pictures made for screens; the files themselves are handed out by nginx. Whoever asks
/// without a login gets a problem document, be it a program or a page's `<img>`: nobody looks at a page there.
enum MediaAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            MediaPath.rendition,
            access: .permission(.readProducts),
            Operation(
                "A picture as WebP: its hash, `-`, one of the widths \(widths), `.webp`",
                responses: [200: [.init("image/webp", "Rendition")]]
            ),
            handler: show
        )
    ]

    static let schemas = [
        NamedSchema("Rendition", Schema.file("The picture, upright, in sRGB.").example("RIFF…WEBPVP8 …"))
    ]

    private static let widths = Picture.Rendition.sides.map(String.init).joined(separator: ", ")
    /// What is under an address stays as it is. Kept by the browser that has asked, and by nobody between.
    private static let caching = "private, max-age=31536000, immutable"

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let file = try context.parameters.string("file")
        let blobs = try context.setting(PictureLibrary.self).blobs
        let hash = String(file.prefix(64))
        let suffix = String(file.dropFirst(64))
        let suffixes = Picture.Rendition.sides.map(StoredPicture.suffix)
        guard Blobs.isName(hash), suffixes.contains(suffix), try PictureStore(context.database).find(hash) != nil,
            blobs.has(hash, suffix)
        else { throw WebError(404, "not_found", "There is no such picture.") }
        return Response(
            status: 200,
            headers: .headers(["Content-Type": "image/webp", "Cache-Control": caching]),
            body: .internalRedirect(blobs.address(hash, suffix))
        )
    }
}
