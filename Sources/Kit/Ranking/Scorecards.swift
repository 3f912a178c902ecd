public import Statistics

/// Two additive cards on one scale: P(item in the next window | bought before) and P(first purchase | never bought).
/// Orders of the past make the columns, one closed window makes the outcomes.
public struct Scorecards: Sendable, Equatable {
    /// Which card a score comes from.
    public enum Card: Sendable, Equatable {
        /// Bought before.
        case rebuy
        /// Never bought.
        case discovery
    }

    /// Columns of the rebuy card; the last two say how the cards compare for a user and are no reasons.
    /// - Parameter fading: whether the context has one.
    public static func rebuyNames(fading: Bool = false) -> [String] {
        [
            "item_rebuy_rate", "times_bought", "share_of_orders", "recency", "in_last_order", "cycle_due",
            "neighbour_lift", "goes_with_last", "goes_with_all", "popularity", "habit_and_peers",
        ] + (fading ? ["bought_lately"] : []) + ["n_orders", "order_size"]
    }

    /// Columns of the discovery card; the names of signals come before the last two.
    public static func discoveryNames(signals: [String] = []) -> [String] {
        [
            "item_trial_rate", "neighbour_lift", "goes_with_last", "goes_with_all", "popularity", "peers",
        ] + signals + ["n_orders", "order_size"]
    }

    /// Nil when nobody bought anything again, or nothing was offered.
    public var rebuy: LogisticCard?
    /// Nil when nobody bought anything for the first time.
    public var discovery: LogisticCard?
    /// Of the window of the fit.
    public var rates: ItemRates

    /// Fits both cards.
    /// - Parameters:
    ///   - context: purchases before the window.
    ///   - users: who bought in the window; ascending, because rows are ordered by user and item.
    ///   - bought: of each user of the history, what was bought in the window, ascending, each once.
    public init(
        fitting context: ScorecardContext,
        users: [Int],
        bought: [[Int32]],
        l2: Double = 1,
        chunks: ParallelChunks = .serial
    ) throws(RidgeLogistic.Failure) {
        let rates = ItemRates(context, users: users, bought: bought)
        let width = Self.rebuyNames(fading: context.fading != nil).count
        let other = Self.discoveryNames(signals: context.signals.map(\.name)).count
        let parts = chunks.map(users.count, size: 64) { range in
            var builder = ColumnBuilder(context, rates, isEligible: nil)
            var part = (FeatureRows(columnCount: width), FeatureRows(columnCount: other))
            for index in range {
                let outcome = bought[users[index]]
                let rows = builder.rows(of: users[index], leavingOut: outcome)
                part.0.append(rows.rebuy, outcomes: rows.seen.map { outcome.holdsAscending($0) })
                part.1.append(rows.discovery, outcomes: rows.new.map { outcome.holdsAscending($0) })
            }
            return part
        }
        var first = FeatureRows(columnCount: width)
        var second = FeatureRows(columnCount: other)
        for part in parts {
            first.append(part.0)
            second.append(part.1)
        }
        self.rates = rates
        rebuy = try Self.card(first, l2, chunks)
        discovery = try Self.card(second, l2, chunks)
    }

    private static func card(
        _ rows: FeatureRows,
        _ l2: Double,
        _ chunks: ParallelChunks
    ) throws(RidgeLogistic.Failure) -> LogisticCard? {
        let context = [rows.columnCount - 2, rows.columnCount - 1]
        do {
            return try RidgeLogistic(l2: l2, exempt: context).fit(rows, chunks: chunks)
        } catch .noRows, .oneOutcome {
            return nil
        } catch {
            throw error
        }
    }

    /// The best items of each user by each card.
    /// - Parameters:
    ///   - count: items a card at most.
    ///   - isEligible: one an item: in stock, in season; all without.
    public func scores(
        _ context: ScorecardContext,
        users: [Int],
        count: Int = 10,
        isEligible: [Bool]? = nil,
        chunks: ParallelChunks = .serial
    ) -> [UserScores] {
        chunks.map(users.count, size: 64) { range in
            var builder = ColumnBuilder(context, rates, isEligible: isEligible)
            return range.map { index in
                let rows = builder.rows(of: users[index], leavingOut: nil)
                return UserScores(
                    rebuy: best(count, rows.seen, rows.rebuy, rebuy, .rebuy, context.popularity),
                    discovery: best(count, rows.new, rows.discovery, discovery, .discovery, context.popularity)
                )
            }
        }.flatMap { $0 }
    }

    private func best(
        _ count: Int,
        _ items: [Int32],
        _ values: [Double],
        _ card: LogisticCard?,
        _ kind: Card,
        _ popularity: [Double]
    ) -> [ScoredItem] {
        guard let card else { return [] }
        let width = card.weights.count
        let scored = items.indices.map { index in
            card.logOdds(values[index * width..<(index + 1) * width])
        }
        let order = RankOrder.order(count, candidates: items, scores: scored, popularity: popularity)
        return order.map { index in
            ScoredItem(
                item: Int(items[index]),
                card: kind,
                logOdds: scored[index],
                popularity: popularity[Int(items[index])],
                values: Array(values[index * width..<(index + 1) * width])
            )
        }
    }
}

/// An item as a card scored it.
public struct ScoredItem: Sendable, Equatable {
    /// Position of the item.
    public var item: Int
    /// Which card.
    public var card: Scorecards.Card
    /// Before calibration.
    public var logOdds: Double
    /// Orders that hold it.
    public var popularity: Double
    /// One a column of the card.
    public var values: [Double]

    /// Whether it comes before the other in every list.
    public func isBefore(_ other: ScoredItem) -> Bool {
        let (own, its) = (RankOrder.rounded(logOdds), RankOrder.rounded(other.logOdds))
        if own != its { return own > its }
        return popularity != other.popularity ? popularity > other.popularity : item < other.item
    }
}

/// The best of a user by each card, best first.
public struct UserScores: Sendable, Equatable {
    /// Of what was bought before.
    public var rebuy: [ScoredItem]
    /// Of what was never bought.
    public var discovery: [ScoredItem]

    /// The best of both together.
    public func best(_ count: Int) -> [ScoredItem] {
        Array((rebuy + discovery).sorted { $0.isBefore($1) }.prefix(count))
    }
}
