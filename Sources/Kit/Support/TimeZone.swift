/// A time zone of the IANA database, read from the files that the system keeps up to date (Debian's `tzdata`): RFC
/// 9636, version 2 and later. Seconds throughout, since 1970-01-01: UTC, or local ("wall"), which is UTC plus offset.
public struct TimeZone: Sendable, Equatable {
    public let name: String
    /// Whether only its name is known.
    public private(set) var isMissing = false
    /// When the offset changes, ascending, with the offset from then on.
    private let changes: [Change]
    /// Before the first change.
    private let firstOffset: Int64
    /// Behind the last change.
    private let rule: TimeZoneRule?

    struct Change: Sendable, Equatable {
        let at: Int64
        let offset: Int64
    }

    /// Coordinated universal time, which needs no file.
    public static let utc = TimeZone(name: "UTC", changes: [], firstOffset: 0, rule: nil)

    private static let folder = "/usr/share/zoneinfo"

    private init(name: String, changes: [Change], firstOffset: Int64, rule: TimeZoneRule?) {
        self.name = name
        self.changes = changes
        self.firstOffset = firstOffset
        self.rule = rule
    }

    /// The zone of that name, such as `Europe/Lisbon`; nil when the system has none.
    public init?(named name: String) {
        if name == "UTC" {
            self = .utc
            return
        }
        // A name is a path below the folder: nothing else may be reached by it.
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            guard let first = part.utf8.first, first >= 0x41, first <= 0x5A else { return false }
            return part.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x5F: true
                default: false
                }
            }
        }
        guard isName, (1...3).contains(parts.count), name.utf8.count <= 64,
            let bytes = try? Files.read("\(Self.folder)/\(name)", limit: 1 << 20),
            let file = TimeZoneFile(bytes)
        else { return nil }
        self.init(name: name, changes: file.changes, firstOffset: file.firstOffset, rule: file.rule)
    }

    /// Stands for a zone that the system does not know any more; its clock is that of UTC.
    public static func missing(_ name: String) -> TimeZone {
        var zone = TimeZone(name: name, changes: [], firstOffset: 0, rule: nil)
        zone.isMissing = true
        return zone
    }

    /// The names to choose from, those of inhabited places and UTC, in order; UTC alone where the system has no list.
    public static func names() -> [String] {
        let bytes = (try? Files.read("\(folder)/zone1970.tab", limit: 1 << 20)) ?? []
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let names = lines.filter { !$0.hasPrefix("#") }.compactMap { line -> String? in
            let cells = line.split(separator: "\t")
            return cells.count > 2 ? String(cells[2]) : nil
        }
        return ["UTC"] + names.sorted()
    }

    /// How many seconds the wall is ahead of UTC at a moment.
    public func offset(at utc: Int64) -> Int64 {
        guard let last = changes.last, utc >= last.at else { return storedOffset(at: utc) }
        return rule?.offset(at: utc) ?? last.offset
    }

    private func storedOffset(at utc: Int64) -> Int64 {
        let index = firstChange(after: utc)
        return index == 0 ? firstOffset : changes[index - 1].offset
    }

    /// The next moment from which another offset may be in force; nil when there is none.
    public func nextChange(after utc: Int64) -> Int64? {
        let index = firstChange(after: utc)
        if index < changes.count { return changes[index].at }
        return rule?.nextChange(after: utc)
    }

    /// The index of the first change later than the moment.
    private func firstChange(after utc: Int64) -> Int {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].at > utc { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The moment at which clocks show that wall time: the first where they show it twice, and the moment of the change
    /// where they leave it out.
    public func moment(ofWall wall: Int64) -> Int64 {
        // Offsets are less than a day and a half, so the change that matters lies within two days.
        var start = wall - 172_800
        while true {
            let offset = offset(at: start)
            let end = nextChange(after: start) ?? .max
            if wall - offset < end { return max(wall - offset, start) }
            start = end
        }
    }
}

/// What a zone's file holds.
struct TimeZoneFile {
    private(set) var changes: [TimeZone.Change] = []
    private(set) var firstOffset: Int64 = 0
    private(set) var rule: TimeZoneRule?

    private static let headerSize = 44

    /// Nil for what is no such file, or one of version 1, whose times end in 2038.
    init?(_ bytes: [UInt8]) {
        guard let first = Header(bytes, at: 0), first.version >= 0x32 else { return nil }
        let second = Self.headerSize + first.size(ofTime: 4)
        guard let header = Header(bytes, at: second) else { return nil }
        let times = second + Self.headerSize
        let types = times + header.times * 8
        let infos = types + header.times
        let end = second + Self.headerSize + header.size(ofTime: 8)
        guard end <= bytes.count, header.types > 0 else { return nil }
        func offset(_ type: Int) -> Int64? {
            type < header.types ? Int64(Int32(truncatingIfNeeded: bytes.number(at: infos + type * 6, 4))) : nil
        }
        guard let start = offset(0) else { return nil }
        firstOffset = start
        for index in 0..<header.times {
            guard let offset = offset(Int(bytes[types + index])) else { return nil }
            changes.append(TimeZone.Change(at: bytes.number(at: times + index * 8, 8), offset: offset))
        }
        let footer = String(decoding: bytes[end...], as: UTF8.self).trimmed
        if !footer.isEmpty {
            guard let read = TimeZoneRule(footer) else { return nil }
            rule = read
        }
        // A zone whose offset never changed is all rule.
        if changes.isEmpty, let rule { firstOffset = rule.offset }
    }

    private struct Header {
        let version: UInt8
        let times: Int
        let types: Int
        private let leaps: Int
        private let standards: Int
        private let universals: Int
        private let characters: Int

        init?(_ bytes: [UInt8], at place: Int) {
            guard place + headerSize <= bytes.count, Array(bytes[place..<place + 4]) == Array("TZif".utf8) else {
                return nil
            }
            func count(_ index: Int) -> Int { Int(bytes.number(at: place + 20 + index * 4, 4)) }
            version = bytes[place + 4]
            (universals, standards, leaps) = (count(0), count(1), count(2))
            (times, types, characters) = (count(3), count(4), count(5))
            // Counts are 32 bits; no file is as long as that.
            guard [universals, standards, leaps, times, types, characters].allSatisfy({ $0 <= bytes.count }) else {
                return nil
            }
        }

        /// Bytes behind the header.
        func size(ofTime width: Int) -> Int {
            times * (width + 1) + types * 6 + characters + leaps * (width + 4) + standards + universals
        }
    }
}

extension [UInt8] {
    /// A big-endian number; one of eight bytes is signed.
    fileprivate func number(at place: Int, _ width: Int) -> Int64 {
        self[place..<place + width].reduce(0) { $0 << 8 | Int64($1) }
    }
}
