/// The formats that are read, told by a file's first bytes and never by its name.
public enum PictureFormat: String, Sendable, CaseIterable {
    case jpeg, png, webp, gif, avif, heic

    /// As in Content-Type.
    public var mediaType: String { "image/\(rawValue)" }

    /// What names of such files end with.
    public var suffix: String { self == .jpeg ? "jpg" : rawValue }

    /// The class of libvips that reads it.
    var loader: String {
        switch self {
        case .jpeg: "VipsForeignLoadJpeg"
        case .png: "VipsForeignLoadPng"
        case .webp: "VipsForeignLoadWebp"
        case .gif: "VipsForeignLoadNsgif"
        case .avif, .heic: "VipsForeignLoadHeif"
        }
    }

    /// Nil for what is none of them.
    public init?(firstBytes bytes: [UInt8]) {
        func has(_ text: StaticString, at offset: Int = 0) -> Bool {
            text.withUTF8Buffer { bytes.count >= offset + $0.count && bytes.dropFirst(offset).starts(with: $0) }
        }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if has("GIF87a") || has("GIF89a") {
            self = .gif
        } else if has("RIFF"), has("WEBP", at: 8) {
            self = .webp
        } else if has("ftyp", at: 4) {
            if has("avif", at: 8) || has("avis", at: 8) {
                self = .avif
            } else if has("heic", at: 8) || has("heix", at: 8) || has("mif1", at: 8) || has("msf1", at: 8) {
                self = .heic
            } else {
                return nil
            }
        } else {
            return nil
        }
    }
}

/// How large a picture may be.
public enum PictureLimits {
    /// Of the file. 40 MB.
    public static let bytes = 40_000_000
    /// Width times height.
    public static let pixels = 50_000_000
    /// Pixels of a side.
    public static let side = 30_000
}
