/// What becomes of one record of the file, or of a product that the file does not name.
package enum PlanState: UInt8, Sendable, CaseIterable {
    case create = 1
    case update, delete, unchanged, skip, reject
    /// An active product that no record names; only with `missing=deactivate`, after all records.
    case deactivate

    /// As the API writes it.
    package var name: String {
        switch self {
        case .create: "create"
        case .update: "update"
        case .delete: "delete"
        case .unchanged: "unchanged"
        case .skip: "skip"
        case .reject: "reject"
        case .deactivate: "deactivate"
        }
    }

    package init?(name: String) {
        guard let state = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = state
    }

    /// Whether carrying it out changes the catalogue.
    package var isChange: Bool { self == .create || self == .update || self == .delete || self == .deactivate }
}

/// Why a record is skipped.
package enum PlanReason: UInt8, Sendable, CaseIterable {
    case none
    /// Another record of the same SKU is applied; its number stands in the entry's `record`.
    case superseded
    /// The mode only creates, and the product is there.
    case exists
    /// The mode only changes what is there, and no product has the SKU.
    case missing
    /// It only goes on with the product of the record above.
    case continuation
    /// It names the columns once more.
    case header

    package var code: String? {
        switch self {
        case .none: nil
        case .superseded: "superseded"
        case .exists: "exists"
        case .missing: "missing"
        case .continuation: "continuation"
        case .header: "header"
        }
    }
}

/// What deserves a look although nothing is wrong. A bit each, counted in the plan's header.
package struct PlanWarnings: OptionSet, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The price changes by more than the shop allows.
    package static let priceJump = PlanWarnings(rawValue: 1)
    /// The key is spelt otherwise than it is stored.
    package static let respeltKey = PlanWarnings(rawValue: 2)

    /// Which product the record names is not known, in a file whose missing products are to become drafts.
    package static let unreadable = PlanWarnings(rawValue: 4)

    /// Those that are told of a row.
    package static let all: [(warning: PlanWarnings, code: String)] = [
        (.priceJump, "price_jump"), (.respeltKey, "respelt_sku"),
    ]
}

/// One line of a plan: 32 bytes, in memory as in the file. Its place says which record it is: the n-th entry is row n.
package struct PlanEntry: Sendable, Equatable {
    /// Where the record begins in the working table; -1 for a product that no record names.
    package var offset: Int64
    /// The line on which it begins.
    package var line: Int64
    /// The id of what is stored; the row that wins for a superseded record; 0 where there is neither.
    package var record: Int64 = 0
    /// The version of what is stored when the plan was made; 0 where there was none.
    package var version: UInt32 = 0
    private var rawState: UInt8
    private var rawReason: UInt8
    private var rawWarnings: UInt16

    package static let size = 32

    package init(
        offset: Int64,
        line: Int64,
        _ state: PlanState,
        _ reason: PlanReason = .none,
        record: Int64 = 0,
        version: Int64 = 0,
        warnings: PlanWarnings = []
    ) {
        self.offset = offset
        self.line = line
        self.record = record
        self.version = UInt32(clamping: version)
        rawState = state.rawValue
        rawReason = reason.rawValue
        rawWarnings = warnings.rawValue
    }

    /// Says only where a record begins: what it will do is not known yet. Never in a plan that is whole.
    static func open(offset: Int64, line: Int64) -> PlanEntry {
        var entry = PlanEntry(offset: offset, line: line, .skip)
        entry.rawState = 0
        return entry
    }

    var isOpen: Bool { rawState == 0 }

    /// Says that something deserves a look.
    mutating func warn(_ warnings: PlanWarnings) { rawWarnings |= warnings.rawValue }

    /// Nil when the file is damaged, and while the entry is open.
    package var state: PlanState? { PlanState(rawValue: rawState) }
    package var reason: PlanReason { PlanReason(rawValue: rawReason) ?? .none }
    package var warnings: PlanWarnings { PlanWarnings(rawValue: rawWarnings) }
}

/// How many entries a plan has of each kind.
package struct PlanCounts: Sendable, Equatable {
    private var states = [Int64](repeating: 0, count: 8)
    private var reasons = [Int64](repeating: 0, count: 16)
    private var warnings = [Int64](repeating: 0, count: 16)
    /// What counted as too great when the plan was made.
    package var limits = ImportGuard.Limits()

    /// Numbers in the flat form that the plan's header holds.
    static let numbers = 40

    package init() {}

    init(numbers: some Collection<Int64>) {
        let numbers = Array(numbers)
        guard numbers.count == Self.numbers else { return }
        states = Array(numbers[0..<8])
        reasons = Array(numbers[8..<24])
        warnings = Array(numbers[24..<40])
    }

    var flat: [Int64] { states + reasons + warnings }

    mutating func add(_ entry: PlanEntry) {
        guard let state = entry.state else { return }
        states[Int(state.rawValue)] += 1
        reasons[Int(entry.reason.rawValue)] += 1
        var bits = entry.warnings.rawValue
        while bits != 0 {
            warnings[bits.trailingZeroBitCount] += 1
            bits &= bits - 1
        }
    }

    package subscript(_ state: PlanState) -> Int64 { states[Int(state.rawValue)] }
    package subscript(reason reason: PlanReason) -> Int64 { reasons[Int(reason.rawValue)] }
    package subscript(warning warning: PlanWarnings) -> Int64 { warnings[warning.rawValue.trailingZeroBitCount & 15] }

    package func sum(_ wanted: [PlanState]) -> Int64 { wanted.reduce(0) { $0 + self[$1] } }

    /// Records of the file; products that it does not name are not among them.
    package var rows: Int64 { states.reduce(0, +) - self[.deactivate] }
    /// How many changes the catalogue will see.
    package var changes: Int64 { sum(PlanState.allCases.filter(\.isChange)) }
}
