/// Stops and asks before a run that would change a great share of the catalogue: the wrong file, most often.
package enum ImportGuard {
    /// Per cent of the file's rows.
    package static let sharePercent: Int64 = 30
    /// A price that changes by more than so many per cent of itself counts.
    package static let pricePercent: Int64 = 50

    /// A share that is too great.
    package enum Kind: String, Sendable, CaseIterable {
        case deletions, deactivations
        case priceChanges = "price_changes"
    }

    /// Which share tripped, and by how much.
    package struct Finding: Sendable, Equatable {
        package var kind: Kind
        package var count: Int64
        package var rows: Int64

        /// Per cent of the rows, rounded; nil when the file has none.
        package var percent: Int64? { rows > 0 ? (count * 100 + rows / 2) / rows : nil }
    }

    /// Every share that is greater than allowed.
    package static func findings(_ counts: PlanCounts) -> [Finding] {
        let rows = counts.rows
        let tallies: [(Kind, Int64)] = [
            (.deletions, counts[.delete]), (.deactivations, counts[.deactivate]),
            (.priceChanges, counts[warning: .priceJump]),
        ]
        return tallies.compactMap { kind, count in
            count * 100 > rows * sharePercent ? Finding(kind: kind, count: count, rows: rows) : nil
        }
    }

    /// Whether a price changes by more than half of itself. From nothing to something it does.
    static func isPriceJump(from old: Int64, to new: Int64) -> Bool {
        let (difference, overflow) = new.subtractingReportingOverflow(old)
        // Half is rounded down, which is right for odd amounts too: only more than half exceeds it.
        return overflow || difference.magnitude > old.magnitude / 2
    }
}
