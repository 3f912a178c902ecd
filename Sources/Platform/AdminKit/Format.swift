package import Support

/// Numbers, spans of time and sizes as people read them, in English. The script in `static/` writes live figures
/// the same way.
package enum Format {
    /// `1,234,567`.
    package static func integer(_ value: some BinaryInteger) -> String {
        let digits = Array(String(value.magnitude).utf8)
        var out: [UInt8] = value < 0 ? Array("−".utf8) : []
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { out.append(0x2C) }
            out.append(digit)
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// A decimal as stored, `1234.50`, with its thousands set apart: `1,234.50`.
    package static func decimal(_ text: String) -> String {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ Int64($0) }) else { return text }
        return parts.count == 2 ? "\(integer(whole)).\(parts[1])" : integer(whole)
    }

    /// `1 product`, `1,234 products`.
    package static func count(_ value: some BinaryInteger, _ noun: Noun) -> String {
        "\(integer(value)) \(value == 1 ? noun.one : noun.many)"
    }

    /// A span in whole seconds, in its two greatest units: `45 s`, `3 min 20 s`, `2 h 5 min`, `4 d 1 h`.
    package static func duration(seconds: Int64) -> String {
        let units: [(name: String, size: Int64)] = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)]
        let whole = max(0, seconds)
        guard let greatest = units.firstIndex(where: { whole >= $0.size }) else { return "0 s" }
        let unit = units[greatest]
        let head = "\(whole / unit.size) \(unit.name)"
        guard greatest + 1 < units.count else { return head }
        let next = units[greatest + 1]
        let rest = whole % unit.size / next.size
        return rest == 0 ? head : "\(head) \(rest) \(next.name)"
    }

    /// A span of milliseconds; from a second on in whole seconds.
    package static func duration(milliseconds span: Int64) -> String {
        guard span > 0 else { return "0 s" }
        return span < 1000 ? "\(span) ms" : duration(seconds: span / 1000)
    }

    /// `512 bytes`, `1.4 kB`, `246 MB`: powers of 1000, one decimal below ten.
    package static func bytes(_ count: Int64) -> String {
        guard count >= 1000 else { return self.count(max(0, count), Noun("byte", "bytes")) }
        let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
        var unit = 0
        var tenths = count / 100
        while tenths >= 10_000, unit + 1 < units.count {
            tenths /= 1000
            unit += 1
        }
        let whole = tenths / 10
        return whole < 10 && tenths % 10 > 0 ? "\(whole).\(tenths % 10) \(units[unit])" : "\(whole) \(units[unit])"
    }

    /// `21 Nov 2026, 05:46 UTC`; with seconds where order within a minute matters.
    package static func time(_ time: Timestamp, seconds: Bool = false) -> String {
        let text = Array(time.rfc3339.utf8)
        // Years beyond four digits have no such form; the plain one is still right.
        guard text.count == 24 else { return time.rfc3339 }
        func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        let day = part(8..<10)
        let month = Int(part(5..<7)).flatMap { months.indices.contains($0 - 1) ? months[$0 - 1] : nil } ?? part(5..<7)
        let clock = part(11..<(seconds ? 19 : 16))
        return "\(day.hasPrefix("0") ? String(day.dropFirst()) : day) \(month) \(part(0..<4)), \(clock) UTC"
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
