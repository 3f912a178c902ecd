import Glibc

/// Searches a `ByteSource` through a window that slides forward, so memory does not grow with the source.
struct ByteScanner {
    let source: ByteSource
    private var window: [UInt8]
    /// The offset of the window's first byte, and how many of its bytes are filled.
    private var start: Int64 = 0
    private var filled = 0

    /// - Parameter windowSize: in bytes; at least twice the longest pattern.
    init(_ source: ByteSource, windowSize: Int) {
        self.source = source
        window = [UInt8](repeating: 0, count: windowSize)
    }

    /// The byte at an offset; nil at the end and behind it.
    mutating func byte(at offset: Int64) throws(WebError) -> UInt8? {
        try cover(offset, 1)
        return offset < start + Int64(filled) ? window[Int(offset - start)] : nil
    }

    /// The bytes of a range that fits into the window; fewer at the end.
    mutating func bytes(_ range: Range<Int64>) throws(WebError) -> [UInt8] {
        try cover(range.lowerBound, range.count)
        let first = Int(range.lowerBound - start)
        return Array(window[min(first, filled)..<min(first + range.count, filled)])
    }

    /// Where the pattern first stands whole between two offsets.
    mutating func find(_ pattern: [UInt8], from: Int64, before end: Int64) throws(WebError) -> Int64? {
        var position = from
        while end - position >= Int64(pattern.count) {
            try cover(position, pattern.count)
            let stop = min(end, start + Int64(filled))
            guard stop - position >= Int64(pattern.count) else { return nil }
            if let hit = find(pattern, in: Int(position - start)..<Int(stop - start)) { return start + Int64(hit) }
            // The pattern may begin in this window and end in the next one.
            position = stop - Int64(pattern.count - 1)
        }
        return nil
    }

    private func find(_ pattern: [UInt8], in range: Range<Int>) -> Int? {
        window.withUnsafeBytes { window in
            pattern.withUnsafeBytes { pattern in
                guard let base = window.baseAddress, let wanted = pattern.baseAddress else { return nil }
                var position = range.lowerBound
                let last = range.upperBound - pattern.count
                while position <= last, let hit = memchr(base + position, Int32(pattern[0]), last - position + 1) {
                    position = base.distance(to: UnsafeRawPointer(hit))
                    if memcmp(hit, wanted, pattern.count) == 0 { return position }
                    position += 1
                }
                return nil
            }
        }
    }

    /// Moves the window so that it holds `count` bytes from an offset on, or all there are.
    private mutating func cover(_ offset: Int64, _ count: Int) throws(WebError) {
        if offset >= start, offset + Int64(count) <= start + Int64(filled) { return }
        let room = Int(min(Int64(window.count), max(0, source.length - offset)))
        start = offset
        filled = 0
        filled = try source.fill(&window, count: room, from: offset)
    }
}
