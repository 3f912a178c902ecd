import CLinux
import Glibc

/// A moment in milliseconds since 1970-01-01T00:00:00Z: the form in which every `_at` column is stored.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Milliseconds since the Unix epoch, UTC.
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The wall clock now.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// This moment moved by so many seconds; saturates instead of overflowing.
    public func adding(seconds: Int64) -> Timestamp {
        let (delta, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return adding(milliseconds: overflow ? (seconds > 0 ? .max : .min) : delta)
    }

    /// This moment moved by so many milliseconds; saturates instead of overflowing.
    public func adding(milliseconds delta: Int64) -> Timestamp {
        let (sum, overflow) = milliseconds.addingReportingOverflow(delta)
        return Timestamp(milliseconds: overflow ? (delta > 0 ? .max : .min) : sum)
    }

    /// RFC 3339 in UTC with milliseconds: `2026-11-21T05:46:00.123Z`. Moments outside the years 0000 to 9999, for
    /// which there is no such text, are written as the nearest that has one.
    public var rfc3339: String {
        let milliseconds = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
        let days = milliseconds.flooredDivision(by: 86_400_000)
        let inDay = milliseconds - days * 86_400_000
        let date = CivilDate(days: days)
        return String(unsafeUninitializedCapacity: 24) { text in
            var length = 0
            func add(_ number: Int64, _ width: Int, then mark: Unicode.Scalar) {
                var rest = number
                for place in stride(from: length + width - 1, through: length, by: -1) {
                    text[place] = 0x30 + UInt8(rest % 10)
                    rest /= 10
                }
                text[length + width] = UInt8(ascii: mark)
                length += width + 1
            }
            add(date.year, 4, then: "-")
            add(date.month, 2, then: "-")
            add(date.day, 2, then: "T")
            add(inDay / 3_600_000, 2, then: ":")
            add(inDay / 60_000 % 60, 2, then: ":")
            add(inDay / 1000 % 60, 2, then: ".")
            add(inDay % 1000, 3, then: "Z")
            return length
        }
    }

    /// Reads RFC 3339 with `Z` or a numeric offset, with or without a fraction (cut to milliseconds).
    /// Nil for anything else, including impossible dates.
    public init?(rfc3339 text: String) {
        var reader = DigitReader(Array(text.utf8))
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), reader.skip("T") || reader.skip("t") || reader.skip(" "),
            let hour = reader.number(2), reader.skip(":"), let minute = reader.number(2), reader.skip(":"),
            let second = reader.number(2), (1...12).contains(month), hour < 24, minute < 60, second < 60,
            (1...CivilDate(year: year, month: month, day: 1).daysInMonth).contains(day)
        else { return nil }
        let fraction = reader.skip(".") ? reader.milliseconds() : 0
        guard let fraction, let offset = reader.offsetMinutes(), reader.atEnd else { return nil }
        let days = CivilDate(year: year, month: month, day: day).days
        let seconds = days * 86_400 + hour * 3600 + (minute - offset) * 60 + second
        self.init(milliseconds: seconds * 1000 + fraction)
    }
}

extension Int64 {
    /// Division that rounds towards minus infinity.
    func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

/// A number with leading zeros.
func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

private struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var atEnd: Bool { position == bytes.count }

    mutating func number(_ digits: Int) -> Int64? {
        guard position + digits <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[position..<position + digits] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        position += digits
        return value
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }

    mutating func milliseconds() -> Int64? {
        let start = position
        var value: Int64 = 0
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 {
            if position - start < 3 { value = value * 10 + Int64(bytes[position] - 0x30) }
            position += 1
        }
        guard position > start else { return nil }
        for _ in 0..<max(0, 3 - (position - start)) { value *= 10 }
        return value
    }

    mutating func offsetMinutes() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64 = skip("+") ? 1 : (skip("-") ? -1 : 0)
        guard sign != 0, let hours = number(2), skip(":"), let minutes = number(2), hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
