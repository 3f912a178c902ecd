/// Stops and asks before a run that would change a great share of the catalogue: the wrong file, most often.
package enum ImportGuard {
    /// What is too great. A plan keeps the limits that it was made with.
    package struct Limits: Sendable, Equatable {
        /// Per cent of the file's rows.
        package var sharePercent: Int64 = 30
        /// A price that changes by more than this per cent of itself counts.
        package var pricePercent: Int64 = 50
        /// Fewer changes of one kind are let through whatever their share: of three rows one is a third.
        package var leastCount: Int64 = 5

        package init() {}
    }

    /// A share that is too great.
    package enum Kind: String, Sendable, CaseIterable {
        case deletions, deactivations
        case priceChanges = "price_changes"
        /// Not a share: any row that cannot be read may name a product that would be deactivated.
        case unreadableRows = "unreadable_rows"
    }

    /// Which share tripped, and by how much.
    package struct Finding: Sendable, Equatable {
        package var kind: Kind
        package var count: Int64
        package var rows: Int64
        package var limits = Limits()

        /// Per cent of the rows, rounded; nil when the file has none.
        package var percent: Int64? { rows > 0 ? (count * 100 + rows / 2) / rows : nil }
    }

    /// Every share that is greater than allowed, and rows that cannot be read where products that no row names would be
    /// deactivated. A file without rows has no shares: whatever it changes is asked about.
    package static func findings(_ counts: PlanCounts) -> [Finding] {
        let rows = counts.rows
        let tallies: [(Kind, Int64)] = [
            (.deletions, counts[.delete]), (.deactivations, counts[.deactivate]),
            (.priceChanges, counts[warning: .priceJump]),
        ]
        let unreadable = counts[warning: .unreadable]
        let unknown = Finding(kind: .unreadableRows, count: unreadable, rows: rows, limits: counts.limits)
        return (unreadable > 0 && counts[.deactivate] > 0 ? [unknown] : [])
            + tallies.compactMap { kind, count in
                count * 100 > rows * counts.limits.sharePercent && (count >= counts.limits.leastCount || rows == 0)
                    ? Finding(kind: kind, count: count, rows: rows, limits: counts.limits) : nil
            }
    }

    /// Whether a price changes by more than that per cent of itself. From nothing to something it does.
    static func isPriceJump(from old: Int64, to new: Int64, percent: Int64) -> Bool {
        let (difference, overflow) = new.subtractingReportingOverflow(old)
        guard !overflow else { return true }
        // The share is rounded down, which is right for a comparison of whole numbers.
        let (hundreds, rest) = old.magnitude.quotientAndRemainder(dividingBy: 100)
        let (share, isHuge) = hundreds.multipliedReportingOverflow(by: percent.magnitude)
        let (limit, isHuger) = share.addingReportingOverflow(rest * percent.magnitude / 100)
        return !isHuge && !isHuger && difference.magnitude > limit
    }
}
