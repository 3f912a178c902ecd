import Support

/// What checking the trail has found.
public struct AuditVerdict: Sendable, Equatable {
    /// How many rows there are.
    public var rows: Int64 = 0
    /// One sentence each, with the row's number; the first hundred.
    public var faults: [String] = []
    /// How many faults there are in all.
    public var faultCount = 0
    /// The newest row, to be noted elsewhere.
    public var head: AuditHead?

    public var isIntact: Bool { faultCount == 0 }
}

/// Walks along the chain.
struct AuditCheck {
    static let piece = 2000
    private static let reported = 100

    private(set) var verdict = AuditVerdict()
    private(set) var lastID: Int64 = .min
    private let known: AuditHead?
    private var sawKnown = false
    /// What the next row may name as the hash before it: as stored and as computed, so that one changed row is not
    /// told of twice.
    private var links: [[UInt8]] = [AuditRecord.noHash]

    init(known: AuditHead?) {
        self.known = known
    }

    mutating func take(_ record: AuditRecord, storedHash: [UInt8]) {
        let id = record.id
        let expected = max(lastID, 0) + 1
        lastID = id
        verdict.rows += 1
        guard id >= 1 else { return fault("Row \(id) was put in: the trail begins with row 1.") }
        if id > expected { missing(expected, id - 1) }
        let computed = record.hash
        if computed != storedHash {
            fault("Row \(id) was changed: its content does not match its hash.")
        } else if id == expected, !links.contains(record.previousHash) {
            fault("Row \(id) does not follow row \(id - 1): one of them was replaced, moved or put in.")
        }
        if let known, known.id == id {
            sawKnown = true
            if known.hash != storedHash { fault("Row \(id) does not have the hash that was noted.") }
        }
        links = [storedHash, computed]
        verdict.head = AuditHead(id: id, hash: storedHash)
    }

    mutating func finish(head: AuditHead?) {
        let last = max(lastID, 0)
        if let head {
            if head.id > last {
                missing(last + 1, head.id)
            } else if head.id < last {
                fault("\(Self.rows(head.id + 1, last)) put in after the end of the trail.")
            } else if !links.contains(head.hash) {
                fault("Row \(last) is not the one that the trail ended with.")
            }
        } else {
            fault("The note of where the trail ends was removed.")
        }
        if let known, !sawKnown { fault("Row \(known.id), which was noted, is missing.") }
    }

    private mutating func missing(_ first: Int64, _ last: Int64) {
        fault("\(Self.rows(first, last)) removed.")
    }

    private static func rows(_ first: Int64, _ last: Int64) -> String {
        first == last ? "Row \(first) was" : "Rows \(first) to \(last) were"
    }

    private mutating func fault(_ sentence: String) {
        verdict.faultCount += 1
        if verdict.faults.count < Self.reported { verdict.faults.append(sentence) }
    }
}
