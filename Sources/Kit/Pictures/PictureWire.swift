import CLinux
import Glibc
import Support

/// How pictures go to the process that reads them and come back: a length of four bytes, the greatest first, and as
/// many bytes. The answer is two of these: facts as JSON, and all renditions behind each other.
struct PictureWire {
    /// Of a socket.
    let descriptor: Int32
    /// On the clock of `monotonicNanoseconds`; nil waits for ever.
    var deadline: UInt64?

    enum Broken: Error, Equatable {
        /// The other end has gone.
        case closed
        /// It took longer than it may.
        case late
    }

    /// Bytes of a message: a picture as it was sent, facts, and all that is made of a picture. The process may have
    /// been taken over, so that what it answers is believed no more than what it was sent.
    static let (mostSent, mostFacts, mostRenditions) = (256 << 20, 64 << 10, 32 << 20)

    func send(_ bytes: [UInt8]) throws(Broken) {
        let count = UInt32(bytes.count)
        try write(Swift.withUnsafeBytes(of: count.bigEndian) { Array($0) })
        try write(bytes)
    }

    /// Nil when the other end has closed in order, between two messages.
    /// - Parameter most: bytes.
    func receive(most: Int) throws(Broken) -> [UInt8]? {
        guard let head = try read(4, mayEnd: true) else { return nil }
        let count = head.reduce(0) { $0 << 8 | Int($1) }
        guard count <= most, let bytes = try read(count, mayEnd: false) else { throw .closed }
        return bytes
    }

    private func write(_ bytes: [UInt8]) throws(Broken) {
        var sent = 0
        while sent < bytes.count {
            try wait(for: POLLOUT)
            let flags = BODEGA_MSG_NOSIGNAL | BODEGA_MSG_DONTWAIT
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.send(descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, flags)
            }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { throw .closed }
            sent += count
        }
    }

    private func read(_ wanted: Int, mayEnd: Bool) throws(Broken) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: wanted)
        var got = 0
        while got < wanted {
            try wait(for: POLLIN)
            let count = bytes.withUnsafeMutableBytes { bytes in
                recv(descriptor, bytes.baseAddress?.advanced(by: got), wanted - got, BODEGA_MSG_DONTWAIT)
            }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            if count == 0, got == 0, mayEnd { return nil }
            guard count > 0 else { throw .closed }
            got += count
        }
        return bytes
    }

    private func wait(for events: Int32) throws(Broken) {
        while true {
            var left: Int32 = -1
            if let deadline {
                let now = monotonicNanoseconds()
                guard now < deadline else { throw .late }
                left = Int32(clamping: (deadline - now) / 1_000_000 + 1)
            }
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            if poll(&entry, 1, left) > 0 { return }
        }
    }
}

extension Picture {
    /// The answer of the process that has decoded it.
    static func send(_ result: Result<Picture, PictureFault>, over wire: PictureWire) throws(PictureWire.Broken) {
        switch result {
        case .failure(let fault):
            let json: JSON = ["code": .string(fault.code), "detail": .string(fault.description)]
            try wire.send(json.bytes)
            try wire.send([])
        case .success(let picture):
            let facts = picture.facts
            let json: JSON = [
                "format": .string(facts.format.rawValue), "width": .int(facts.width), "height": .int(facts.height),
                "hash": .string(String(facts.perceptualHash, radix: 16)),
                "sizes": .array(picture.renditions.map { .int($0.bytes.count) }),
            ]
            try wire.send(json.bytes)
            try wire.send(picture.renditions.flatMap(\.bytes))
        }
    }

    /// Reads such an answer, from a process that a hostile picture may have taken over: nil for what is none.
    static func read(_ head: [UInt8], _ bytes: [UInt8]) -> Result<Picture, PictureFault>? {
        guard let json = try? JSON.parse(head) else { return nil }
        if let code = json["code"]?.stringValue, let detail = json["detail"]?.stringValue {
            let isKnown = PictureFault.all.contains { $0.code == code } || code == "too_many_pixels"
            return isKnown ? .failure(PictureFault(code, detail.shortened(to: 300))) : nil
        }
        guard let format = json["format"]?.stringValue.flatMap(PictureFormat.init(rawValue:)),
            let width = json["width"]?.intValue, let height = json["height"]?.intValue,
            (1...Int64(PictureLimits.side)).contains(width), (1...Int64(PictureLimits.side)).contains(height),
            let hash = json["hash"]?.stringValue.flatMap({ UInt64($0, radix: 16) }),
            let sizes = json["sizes"]?.arrayValue?.compactMap(\.intValue), sizes.allSatisfy({ $0 > 0 }),
            sizes.count == Rendition.sides.count, sizes.reduce(0, { $0 &+ $1 }) == Int64(bytes.count)
        else { return nil }
        var rest = bytes[...]
        var renditions: [Rendition] = []
        for (side, size) in zip(Rendition.sides, sizes) {
            guard let pixels = WebPPixels.only(Array(rest.prefix(Int(size)))) else { return nil }
            rest = rest.dropFirst(Int(size))
            renditions.append(Rendition(side: side, bytes: pixels))
        }
        let facts = PictureFacts(format: format, width: Int(width), height: Int(height), perceptualHash: hash)
        return .success(Picture(facts: facts, renditions: renditions))
    }
}
