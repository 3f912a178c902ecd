import CZlib
import Glibc
import TestSupport
import Testing

@testable import Ranking

/// Data of others that lie beside the project; tests that need them are skipped where they are absent.
enum RealData {
    static let retail = file("online-retail/online_retail.csv.gz")
    static let ratings = file("x-wines/XWines_Slim_1K_wines_150K_ratings.zip")
    static let wines = file("x-wines/XWines_Slim_1K_wines.csv")

    private static func file(_ name: String) -> String { "\(sharedData ?? "shared data")/\(name)" }

    /// Whether a test that needs the file runs: minutes in a debug build.
    static func runs(_ path: String) -> Bool { isLongRun && access(path, R_OK) == 0 }

    /// Why it does not.
    static func comment(_ path: String) -> Comment { "needs a long run and \(path)" }

    /// The bytes of a gzip file.
    static func unzipped(_ path: String) -> [UInt8] {
        guard let file = gzopen(path, "rb") else { return [] }
        defer { gzclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Int(gzread(file, &buffer, UInt32(buffer.count)))
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// The bytes of the deflated first member of a zip archive.
    static func firstMember(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "rb") else { return [] }
        defer { fclose(file) }
        var archive: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
            archive.append(contentsOf: buffer[..<count])
        }
        guard archive.count > 30 else { return [] }
        let start = 30 + Int(archive[26]) + Int(archive[27]) << 8 + Int(archive[28]) + Int(archive[29]) << 8
        var stream = z_stream()
        guard bodega_inflate_init(&stream, -15) == Z_OK else { return [] }
        defer { inflateEnd(&stream) }
        var bytes: [UInt8] = []
        archive.withUnsafeMutableBufferPointer { archive in
            stream.next_in = archive.baseAddress.map { $0 + start }
            stream.avail_in = UInt32(archive.count - start)
            var status = Z_OK
            while status == Z_OK {
                buffer.withUnsafeMutableBufferPointer { buffer in
                    stream.next_out = buffer.baseAddress
                    stream.avail_out = UInt32(buffer.count)
                    status = inflate(&stream, Z_NO_FLUSH)
                    bytes.append(contentsOf: buffer[..<(buffer.count - Int(stream.avail_out))])
                }
            }
        }
        return bytes
    }

    /// The records of a CSV file behind its header, as byte ranges of their fields; quotes stay.
    static func records(_ bytes: [UInt8], _ use: ([Range<Int>]) -> Void) {
        var fields: [Range<Int>] = []
        var start = 0
        var isQuoted = false
        var isHeader = true
        bytes.withUnsafeBufferPointer { bytes in
            for index in 0..<bytes.count {
                let byte = bytes[index]
                if byte == 0x22 { isQuoted.toggle() }
                if isQuoted || byte != 0x2C && byte != 0x0A { continue }
                let end = byte == 0x0A && index > start && bytes[index - 1] == 0x0D ? index - 1 : index
                fields.append(start..<end)
                start = index + 1
                guard byte == 0x0A else { continue }
                if !isHeader { use(fields) }
                isHeader = false
                fields.removeAll(keepingCapacity: true)
            }
        }
    }

    /// Days since 0000-03-01 of `2011-10-10`.
    static func day(_ text: some Collection<UInt8>) -> Int32 {
        let digits = text.map { Int32($0) - 0x30 }
        guard digits.count >= 10 else { return 0 }
        let year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3]
        let month = digits[5] * 10 + digits[6]
        let (y, m) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + digits[8] * 10 + digits[9] - 1
    }

    static func day(_ text: String) -> Int32 { day(Array(text.utf8)) }
}

/// UCI Online Retail (Chen 2015, CC BY 4.0) as `reco_baselines.py` reads it: sales of real products to known users.
struct Retail: Sendable {
    private var lines: [(user: Int, day: Int32, item: Int32)] = []
    private(set) var itemCount = 0

    init(_ path: String = RealData.retail) {
        struct Row {
            var day: Int32
            var user: Int
            var code: String
        }
        let bytes = RealData.unzipped(path)
        var rows: [Row] = []
        RealData.records(bytes) { fields in
            guard fields.count == 8, !fields[6].isEmpty, bytes[fields[0].lowerBound] != 0x43 else { return }
            let code = bytes[fields[1]]
            guard code.count >= 5, code.prefix(5).allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return }
            let text = { (field: Int) in String(decoding: bytes[fields[field]], as: UTF8.self) }
            guard let quantity = Int(text(3)), quantity > 0, let price = Double(text(5)), price > 0,
                let user = Double(text(6))
            else { return }
            rows.append(
                Row(day: RealData.day(bytes[fields[4]]), user: Int(user), code: text(1).uppercased())
            )
        }
        rows.sort { ($0.day, $0.user, $0.code) < ($1.day, $1.user, $1.code) }
        var items: [String: Int32] = [:]
        for row in rows {
            let item = items[row.code] ?? Int32(items.count)
            items[row.code] = item
            lines.append((row.user, row.day, item))
        }
        itemCount = items.count
    }

    /// One cut: users with at least two days of orders before it, and what they bought in the window behind it.
    func window(_ cut: Int32, days: Int32) -> Window {
        var dates: [Int: Set<Int32>] = [:]
        for line in lines where line.day < cut { dates[line.user, default: []].insert(line.day) }
        let names = dates.filter { $0.value.count >= 2 }.keys.sorted()
        let positions = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
        var before: [PurchaseHistory.Line] = []
        var bought = [Set<Int32>](repeating: [], count: names.count)
        for line in lines {
            guard let user = positions[line.user] else { continue }
            if line.day < cut {
                before.append(PurchaseHistory.Line(user: user, day: line.day, item: line.item))
            } else if line.day < cut + days {
                bought[Int(user)].insert(line.item)
            }
        }
        let history = PurchaseHistory(lines: before, userCount: names.count, itemCount: itemCount)
        return Window(history: history, bought: bought.map { $0.sorted() })
    }
}

/// A history and what happened next.
struct Window: Sendable {
    let history: PurchaseHistory
    let bought: [[Int32]]
    let buyers: [Int]
    let before: [[Int32]]

    init(history: PurchaseHistory?, bought: [[Int32]]) {
        let none = PurchaseHistory(lines: [], userCount: 0, itemCount: 0)
        guard let history = history ?? none else { preconditionFailure("an empty history is one") }
        self.history = history
        self.bought = bought
        buyers = bought.indices.filter { !bought[$0].isEmpty }
        let rows = history.weighted { [Double](repeating: 1, count: $0) }
        before = (0..<history.userCount).map { Array(rows.columns[rows.range($0)]) }
    }

    var everybody: [Int] { Array(0..<history.userCount) }

    func metrics(_ lists: [[Int]]) -> RankingMetrics {
        RankingMetrics(
            lists: lists,
            bought: buyers.map { bought[$0] },
            before: buyers.map { before[$0] },
            itemCount: history.itemCount
        )
    }
}
