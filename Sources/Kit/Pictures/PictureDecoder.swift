import CVips

/// Decodes pictures with libvips, in the process that calls it: that of `PictureWork`, which has nothing else to lose.
struct PictureDecoder {
    /// Of WebP, 0-100: where a photo begins to show it.
    private static let quality: Int32 = 82

    /// Throws `no_decoder` where the library is not there.
    init() throws(PictureFault) {
        guard bodega_vips_loads() != 0 else { throw .noDecoder }
        let names = Set(PictureFormat.allCases.map(\.loader)).sorted()
        let begun = withNames(names) { bodega_vips_begin($0) }
        guard begun == 0 else { throw .noDecoder }
    }

    func decode(_ bytes: [UInt8]) throws(PictureFault) -> Picture {
        let format = try Self.format(bytes)
        bodega_vips_forget_error()
        let result = bytes.withUnsafeBytes { bytes in
            Result<Picture, PictureFault> { () throws(PictureFault) in try decode(bytes, format) }
        }
        return try result.get()
    }

    /// What can be said before anything is decoded.
    static func format(_ bytes: [UInt8]) throws(PictureFault) -> PictureFormat {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= PictureLimits.bytes else { throw .tooLong }
        guard let format = PictureFormat(firstBytes: Array(bytes.prefix(16))) else { throw .notAPicture }
        return format
    }

    private func decode(_ bytes: UnsafeRawBufferPointer, _ format: PictureFormat) throws(PictureFault) -> Picture {
        guard let source = bodega_vips_source_of(bytes.baseAddress, bytes.count) else { throw .tooMuch }
        defer { bodega_vips_unref(UnsafeMutableRawPointer(source)) }
        let (width, height) = try Self.size(source, format)
        let sides = Picture.Rendition.sides.sorted(by: >)
        guard let first = sides.first, let largest = bodega_vips_shrink(source, Int32(first)) else {
            throw Self.fault
        }
        guard bodega_vips_has_gaps() == 0 else {
            bodega_vips_unref(UnsafeMutableRawPointer(largest))
            throw .damaged
        }
        var renditions: [Picture.Rendition] = []
        // Each is made of the one before it, so that the file is decoded once.
        var shown = largest
        defer { bodega_vips_unref(UnsafeMutableRawPointer(shown)) }
        for side in sides {
            if side != first {
                guard let smaller = bodega_vips_shrink_again(shown, Int32(side)) else { throw Self.fault }
                bodega_vips_unref(UnsafeMutableRawPointer(shown))
                shown = smaller
            }
            renditions.append(Picture.Rendition(side: side, bytes: try Self.webp(shown)))
        }
        let facts = PictureFacts(
            format: format,
            width: width,
            height: height,
            perceptualHash: PerceptualHash.of(grey: try Self.grey(shown))
        )
        return Picture(facts: facts, renditions: renditions.reversed())
    }

    /// Pixels of the upright picture, by its head. Throws for what is too large to be decoded.
    private static func size(_ source: OpaquePointer, _ format: PictureFormat) throws(PictureFault) -> (Int, Int) {
        guard let head = bodega_vips_open(source) else { throw fault }
        defer { bodega_vips_unref(UnsafeMutableRawPointer(head)) }
        let (width, height) = (Int(bodega_vips_width(head)), Int(bodega_vips_page_height(head)))
        let most = max(width, Int(bodega_vips_height(head)), height)
        guard most <= PictureLimits.side, width * height <= PictureLimits.pixels else {
            throw .tooManyPixels(width, height)
        }
        return bodega_vips_swaps(head) != 0 ? (height, width) : (width, height)
    }

    private static func webp(_ image: OpaquePointer) throws(PictureFault) -> [UInt8] {
        var count = 0
        guard let bytes = bodega_vips_webp(image, quality, &count) else { throw fault }
        defer { bodega_vips_free(bytes) }
        return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    private static func grey(_ image: OpaquePointer) throws(PictureFault) -> [UInt8] {
        var count = 0
        guard let bytes = bodega_vips_grey(image, Int32(PerceptualHash.side), &count) else { throw fault }
        defer { bodega_vips_free(bytes) }
        return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    /// Why libvips gave up, as far as its words tell; they are kept from those who sent the file.
    private static var fault: PictureFault {
        let words = String(cString: bodega_vips_error())
        if words.contains("memory") { return .tooMuch }
        let unknown = ["not a known", "Unsupported", "unsupported", "No decoding plugin", "blocked"]
        return unknown.contains { words.contains($0) } ? .noDecoder : .damaged
    }
}

/// Runs the body with the texts as C strings, NULL behind the last.
private func withNames<T>(_ names: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> T) -> T {
    let bytes = names.map { Array($0.utf8CString) }
    func next(_ index: Int, _ pointers: [UnsafePointer<CChar>?]) -> T {
        guard index < bytes.count else {
            return (pointers + [nil]).withUnsafeBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
        }
        return bytes[index].withUnsafeBufferPointer { next(index + 1, pointers + [$0.baseAddress]) }
    }
    return next(0, [])
}
