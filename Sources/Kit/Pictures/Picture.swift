/// What is known of a picture without looking at it.
public struct PictureFacts: Sendable, Equatable {
    public var format: PictureFormat
    /// Pixels, upright.
    public var width: Int
    public var height: Int
    /// See `PerceptualHash`.
    public var perceptualHash: UInt64

    public init(format: PictureFormat, width: Int, height: Int, perceptualHash: UInt64) {
        self.format = format
        self.width = width
        self.height = height
        self.perceptualHash = perceptualHash
    }
}

/// A picture that was decoded: what is known of it, and it made smaller for screens.
public struct Picture: Sendable, Equatable {
    public var facts: PictureFacts
    /// Of each of `Rendition.sides`.
    public var renditions: [Rendition]

    public init(facts: PictureFacts, renditions: [Rendition]) {
        self.facts = facts
        self.renditions = renditions
    }

    /// WebP in sRGB, upright, with nothing in it but pixels.
    public struct Rendition: Sendable, Equatable {
        /// The greatest width and height; a smaller picture keeps its own.
        public var side: Int
        public var bytes: [UInt8]

        public init(side: Int, bytes: [UInt8]) {
            self.side = side
            self.bytes = bytes
        }

        /// For lines of a list, for cards, and for looking at it; the least first.
        public static let sides = [96, 480, 1600]
    }
}

/// Why a file was not taken as a picture: a code, and a sentence with what would be right.
public struct PictureFault: Error, Sendable, Equatable, CustomStringConvertible {
    public let code: String
    public let description: String

    init(_ code: String, _ description: String) {
        self.code = code
        self.description = description
    }

    public static let empty = PictureFault("empty_picture", "The file is empty: send a picture.")
    public static let tooLong = PictureFault(
        "picture_too_large",
        "The file is larger than \(PictureLimits.bytes / 1_000_000) MB: make the picture smaller."
    )
    public static let notAPicture = PictureFault(
        "not_a_picture",
        "The file is no JPEG, PNG, WebP, GIF, AVIF or HEIC: save the picture as one of them."
    )
    /// Its size is read before any pixel is.
    static func tooManyPixels(_ width: Int, _ height: Int) -> PictureFault {
        PictureFault(
            "too_many_pixels",
            """
            The picture has \(width) × \(height) pixels; at most \(PictureLimits.pixels / 1_000_000) million are \
            taken, and \(PictureLimits.side) a side: make it smaller.
            """
        )
    }
    static let damaged = PictureFault(
        "damaged_picture",
        "The picture cannot be read to its end: it is damaged or cut off. Send it again, or save it anew."
    )
    /// The file is in order as far as one sees, but its reading takes more than is given for it.
    static let tooMuch = PictureFault(
        "picture_takes_too_much",
        "Reading the picture takes too much memory or time: save it anew, as JPEG or PNG."
    )
    static let noDecoder = PictureFault(
        "no_decoder",
        "This server cannot read pictures of this format: save it as JPEG, PNG or WebP."
    )

    static let noSandbox = PictureFault(
        "no_sandbox",
        "The kernel of this server cannot confine what reads pictures (seccomp), so none is read: use one that can."
    )

    static let all = [empty, tooLong, notAPicture, damaged, tooMuch, noDecoder, noSandbox]
}
