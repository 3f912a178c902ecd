/// Decides whether what is left of a file is matched with the whole catalogue at once (`PlanMatching`) instead of being
/// looked up record by record.
///
/// A look-up costs two searches at random places, about ten times what a product costs that is met in passing; but a
/// record whose digest does not tell, because it changes its product, has to be looked up in any case. So it pays for a
/// long file in an order of its own that leaves most products as they are or brings new ones.
package struct MatchDecision {
    /// When it pays.
    package struct Policy: Sendable {
        /// Records that tell what kind of file it is.
        var sample = 4096
        /// Records left below which a table of them would gain nothing.
        var leastRows: Int64 = 50_000
        /// Stored records that may be met in passing for each record that is left.
        var storedForRow: Int64 = 8
    }

    private let policy: Policy
    private var rows = 0
    private var untold = 0
    private var searchesBefore: Int64 = 0

    init(_ policy: Policy) {
        self.policy = policy
    }

    /// Whether it can pay at all, as far as numbers tell: if not for so many that are left, then not for fewer.
    /// - Parameters:
    ///   - left: how many records are left.
    ///   - stored: how many there may be.
    func mayPay(left: Int64, stored: Int64) -> Bool {
        left >= policy.leastRows && stored / policy.storedForRow <= left
    }

    /// Takes note of a record that was planned one by one.
    /// - Parameters:
    ///   - outlook: what it will do, and whether its digest tells.
    ///   - searches: how many records were searched for until now.
    /// - Returns: whether the sample is over and says that those that are left had better be matched.
    mutating func note(_ outlook: RecordImportStore.Outlook, searches: Int64) -> Bool {
        rows += 1
        if outlook.isUntold { untold += 1 }
        guard rows >= policy.sample else { return false }
        defer { (rows, untold, searchesBefore) = (0, 0, searches) }
        let searched = searches - searchesBefore
        return searched > Int64(rows / 2) && Int64(untold) * 2 <= searched
    }
}
