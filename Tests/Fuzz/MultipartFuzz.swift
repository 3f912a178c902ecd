import Web

private let boundaries = ["b", "a:b", "----", "0123456789012345678901234567890123456789"]

/// Compares the multipart finder, looking through a small window, with a reference that looks at every byte. An input is
/// one byte for the boundary, one for the window, then the body.
func checkMultipart(_ input: UnsafeBufferPointer<UInt8>) {
    guard input.count >= 2 else { return }
    let boundary = boundaries[Int(input[0]) % boundaries.count]
    let body = Array(input.dropFirst(2))
    let expected = ReferenceMultipart(body, boundary: boundary)
    let type = "multipart/form-data; boundary=\"\(boundary)\""
    do {
        let found = try Multipart(ByteSource(body), contentType: type, windowSize: Int(input[1]))
        require(found.parts.map(\.range) == expected.ranges && expected.failure == nil, "\(found.parts) \(expected)")
        _ = try? found.fields()
        require(found.files.count <= found.parts.count, "files")
    } catch {
        require(error.status == 400 && error.code == "bad_multipart", "\(error)")
        require(expected.fails(with: error.detail), "\(error) \(expected)")
    }
}

private func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError("the finder and the reference differ: \(message())") }
}

/// Slow and obvious: the whole body in memory, every position looked at.
private struct ReferenceMultipart {
    private(set) var ranges: [Range<Int64>] = []
    /// How many header blocks were whole, whatever they say.
    private(set) var headerBlocks = 0
    private(set) var failure: String?

    private let body: [UInt8]
    private let dash: [UInt8]

    init(_ body: [UInt8], boundary: String) {
        self.body = body
        dash = Array("--\(boundary)".utf8)
        failure = walk()
    }

    /// What headers say is the finder's own business; the reference only knows that they were reached.
    func fails(with detail: String) -> Bool {
        if let failure, failure.hasSuffix("(") ? detail.hasPrefix(failure) : detail == failure { return true }
        return (1...64).contains { number in
            guard number <= headerBlocks else { return false }
            return detail == "A header line of part \(number) cannot be read."
                || detail == "Part \(number) has no Content-Disposition of form-data with a name."
                || detail == "The headers of part \(number) are not UTF-8 text."
                || detail == "The filename* of part \(number) is not percent-encoded UTF-8."
                || detail.hasPrefix("Part \(number) is encoded as '")
        }
    }

    private mutating func walk() -> String? {
        var next = line(at: 0)
        for position in body.indices where next == nil { next = delimiter(at: position) }
        guard var (closes, headers) = next else {
            return "The boundary of the Content-Type does not appear in the body."
        }
        while !closes {
            let number = ranges.count + 1
            if number > 64 { return "The body has more than 64 parts." }
            let blanks = (headers - 2..<body.count).first { has("\r\n\r\n", at: $0) && $0 + 4 <= headers + 16384 }
            guard let blanks else {
                return body.count < headers + 16384
                    ? "The body ends inside the headers of part \(number): it was cut off."
                    : "The headers of part \(number) are longer than 16384 bytes."
            }
            headerBlocks = number
            let content = blanks + 4
            guard let end = (content - 2..<body.count).first(where: { delimiter(at: $0) != nil }),
                let found = delimiter(at: end)
            else { return "The body ends inside part \(number) (" }
            ranges.append(Int64(content)..<Int64(max(content, end)))
            (closes, headers) = found
        }
        return nil
    }

    private func has(_ text: String, at position: Int) -> Bool { body[position...].starts(with: text.utf8) }

    private func delimiter(at position: Int) -> (closes: Bool, next: Int)? {
        has("\r\n", at: position) ? line(at: position + 2) : nil
    }

    /// Whether a line from there on is a delimiter's.
    private func line(at position: Int) -> (closes: Bool, next: Int)? {
        guard body[position...].starts(with: dash) else { return nil }
        var position = position + dash.count
        let closes = has("--", at: position)
        if closes { position += 2 }
        while position < body.count, body[position] == 0x20 || body[position] == 0x09 { position += 1 }
        if position == body.count { return closes ? (true, position) : nil }
        return has("\r\n", at: position) ? (closes, position + 2) : nil
    }
}
