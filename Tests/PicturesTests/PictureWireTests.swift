import Support
import TestSupport
import Testing

@testable import Pictures

@Suite("The answers of the process that reads pictures")
struct PictureWireTests {
    /// Nothing but a chunk of two bytes that is said to hold pixels.
    private static let webp = Array("RIFF\u{e}\0\0\0WEBPVP8 \u{2}\0\0\0ab".utf8)

    private static func head(_ changes: (inout [String: JSON]) -> Void = { _ in }) -> [UInt8] {
        var members: [String: JSON] = [
            "format": "png", "width": 3, "height": 4, "hash": "ff",
            "sizes": .array(Picture.Rendition.sides.map { _ in .int(Self.webp.count) }),
        ]
        changes(&members)
        return JSON.object(members.map { JSON.Member($0.key, $0.value) }).bytes
    }

    private static func refusal(_ code: String) -> [UInt8] {
        let json: JSON = ["code": .string(code), "detail": "words"]
        return json.bytes
    }

    private static let body = Array(repeatElement(webp, count: Picture.Rendition.sides.count).joined())

    @Test("What it says is believed only as far as it can be true")
    func answers() throws {
        let picture = try #require(try Picture.read(Self.head(), Self.body)?.get())
        #expect(picture.facts == PictureFacts(format: .png, width: 3, height: 4, perceptualHash: 255))
        #expect(picture.renditions.map(\.side) == Picture.Rendition.sides)
        #expect(picture.renditions.allSatisfy { $0.bytes == Self.webp })
        let lies: [([UInt8], [UInt8])] = [
            (Self.head { $0["width"] = 0 }, Self.body), (Self.head { $0["height"] = 40_000 }, Self.body),
            (Self.head { $0["format"] = "svg" }, Self.body), (Self.head { $0["hash"] = "x" }, Self.body),
            (Self.head { $0["sizes"] = [22] }, Self.body), (Self.head { $0["sizes"] = [22, 22, 21] }, Self.body),
            (Self.head { $0["sizes"] = [-22, 44, 44] }, Self.body), (Self.head(), Self.body + [0]),
            (Self.head { $0["sizes"] = [23, 21, 22] }, Self.body),
            (Self.head(), [UInt8](repeating: 0x3C, count: Self.body.count)), (Array("no JSON".utf8), Self.body),
            (Self.refusal("made_up"), []),
        ]
        for (head, body) in lies { #expect(Picture.read(head, body) == nil) }
        #expect(throws: PictureFault("damaged_picture", "words")) {
            try Picture.read(Self.refusal("damaged_picture"), [])?.get()
        }
    }

    @Test("A program that ends at once is told as a picture that takes too much, and the next one starts another")
    func deadWorker() {
        let worker = PictureWorker(program: "/bin/false", seconds: 20)
        let picture: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<3 { #expect(throws: PictureFault.tooMuch) { try worker.read(picture) } }
        #expect(throws: PictureFault.notAPicture) { try worker.read(Array("<svg/>".utf8)) }
        #expect(throws: PictureFault.empty) { try worker.read([]) }
        #expect(throws: PictureFault.tooLong) {
            try worker.read([0xFF, 0xD8, 0xFF] + [UInt8](repeating: 0, count: PictureLimits.bytes))
        }
    }

    @Test("Of a WebP nothing stays but pixels")
    func pixels() {
        func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
            let padding = [UInt8](repeating: 0, count: content.count % 2)
            return Array(name.utf8) + [UInt8(content.count), 0, 0, 0] + content + padding
        }
        func file(_ chunks: [[UInt8]]) -> [UInt8] {
            let body = Array("WEBP".utf8) + chunks.flatMap(\.self)
            return Array("RIFF".utf8) + [UInt8(body.count), 0, 0, 0] + body
        }
        func head(_ flags: UInt8) -> [UInt8] { chunk("VP8X", [flags, 0, 0, 0, 1, 0, 0, 1, 0, 0]) }
        let (profile, place, pixels) = (chunk("ICCP", [1, 2, 3]), chunk("EXIF", [4]), chunk("VP8L", [5, 6, 7]))
        let whole = file([head(0x3E), profile, pixels, place, chunk("XMP ", [8]), chunk("junk", [])])
        #expect(WebPPixels.only(whole) == file([head(0x10), pixels]))
        #expect(WebPPixels.only(file([pixels])) == file([pixels]))
        for broken in [
            file([profile]), file([pixels, pixels]), file([pixels, head(0)]), Array(whole.dropLast()), whole + [0],
            Array(whole.prefix(14)), [], file([chunk("VP8X", [1]), pixels]),
        ] { #expect(WebPPixels.only(broken) == nil) }
    }
}
