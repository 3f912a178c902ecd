import Glibc
public import Statistics

/// How often items were bought again and for the first time in the window that the cards were fitted on.
public struct ItemRates: Sendable, Equatable {
    /// Users who had bought the item before.
    public internal(set) var had: [Double]
    /// Of these, who bought it again.
    public internal(set) var again: [Double]
    /// Users who bought it for the first time.
    public internal(set) var tried: [Double]
    /// Users of the fit.
    public internal(set) var users: Double
    /// Of all items, a prior that counts as ten users.
    public internal(set) var rebuy: ShrunkRate
    /// Of all items, a prior that counts as 200 users.
    public internal(set) var trial: ShrunkRate
    /// Items most often tried, candidates for everybody.
    public internal(set) var mostTried: [Int]

    /// - Parameter bought: of each user in the window, ascending.
    init(_ context: ScorecardContext, users: [Int], bought: [[Int32]]) {
        let items = context.history.itemCount
        had = [Double](repeating: 0, count: items)
        again = had
        tried = had
        self.users = Double(users.count)
        for user in users {
            let range = context.bought.range(user)
            let seen = context.bought.columns[range]
            for item in seen { had[Int(item)] += 1 }
            for item in bought[user] {
                if seen.holdsAscending(item) { again[Int(item)] += 1 } else { tried[Int(item)] += 1 }
            }
        }
        let all = had.reduce(0, +)
        // Where nothing happened at all the rate stays above 0, because its log-odds are a column.
        rebuy = ShrunkRate(global: max(1e-9, again.reduce(0, +) / max(1, all)), strength: 10)
        let strangers = self.users * Double(items) - all
        trial = ShrunkRate(global: max(1e-9, tried.reduce(0, +) / max(1, strangers)), strength: 200)
        mostTried = RankOrder.top(60, scores: tried, popularity: [Double](repeating: 0, count: items))
    }
}

extension Collection where Element == Int32, Index == Int {
    /// Whether an ascending collection holds the value.
    func holdsAscending(_ value: Int32) -> Bool {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle] == value { return true }
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return false
    }
}

/// The rows of one user: what was bought before, and what might be bought for the first time.
struct UserRows: Sendable {
    var seen: [Int32] = []
    var rebuy: [Double] = []
    var new: [Int32] = []
    var discovery: [Double] = []
}

/// Makes rows of users, one after another, in buffers of its own.
struct ColumnBuilder {
    private let context: ScorecardContext
    private let rates: ItemRates
    private let isEligible: [Bool]?
    private var peers: [Double]
    private var habitOfPeers: [Double]
    private var withLast: [Double]
    private var withAll: [Double]
    private var isSeen: [Bool]
    private var first: [Int32]
    private var last: [Int32]
    private var lately: [Double]

    init(_ context: ScorecardContext, _ rates: ItemRates, isEligible: [Bool]?) {
        let items = context.history.itemCount
        self.context = context
        self.rates = rates
        self.isEligible = isEligible
        peers = [Double](repeating: 0, count: items)
        habitOfPeers = peers
        withLast = peers
        withAll = peers
        isSeen = [Bool](repeating: false, count: items)
        first = [Int32](repeating: 0, count: items)
        last = first
        lately = peers
    }

    /// - Parameter bought: what the user bought in the window that is fitted on; its part of the item rates is then
    ///   left out. Nil when scores are wanted.
    mutating func rows(of user: Int, leavingOut bought: [Int32]?) -> UserRows {
        fill(user)
        let range = context.bought.range(user)
        var rows = UserRows()
        for position in range { isSeen[Int(context.bought.columns[position])] = true }
        defer {
            for position in range { isSeen[Int(context.bought.columns[position])] = false }
        }
        // Who has not ordered yet counts as one empty order.
        let orders = Double(max(1, context.history.orders(of: user).count))
        let size = (log(orders), log(Double(max(1, range.count)) / orders))
        for position in range {
            let item = context.bought.columns[position]
            if let isEligible, !isEligible[Int(item)] { continue }
            rows.seen.append(item)
            let isHit = bought.map { $0.holdsAscending(item) }
            appendRebuy(Int(item), position, user, orders, size, isHit, &rows.rebuy)
        }
        for item in candidates() {
            rows.new.append(Int32(item))
            let isHit = bought.map { $0.holdsAscending(Int32(item)) }
            appendDiscovery(item, user, orders, size, isHit, &rows.discovery)
        }
        return rows
    }

    private mutating func fill(_ user: Int) {
        let context = context
        Self.fresh(&peers) { sums in
            let nearest = context.frequencyPeers.peers(of: user, context.peerCount)
            context.frequencyPeers.addMean(of: context.frequency, peers: nearest, to: sums)
        }
        Self.fresh(&habitOfPeers) { sums in
            let nearest = context.habitPeers.peers(of: user, context.peerCount)
            context.habitPeers.addMean(of: context.habit, peers: nearest, to: sums)
        }
        Self.fresh(&withLast) { context.goesWith.addScores(of: user, in: context.lastOrder, to: $0) }
        Self.fresh(&withAll) { context.goesWith.addScores(of: user, in: context.decayed, to: $0) }
        let history = context.history
        let orders = history.orders(of: user)
        if let fading = context.fading {
            for order in orders {
                for position in history.itemRange(of: order) { lately[Int(history.items[position])] = 0 }
            }
            for order in orders {
                let weight = fading.weight(of: history.days[order])
                for position in history.itemRange(of: order) { lately[Int(history.items[position])] += weight }
            }
        }
        for order in orders {
            let number = Int32(order - orders.lowerBound + 1)
            for position in history.itemRange(of: order) { last[Int(history.items[position])] = number }
        }
        for order in orders.reversed() {
            let number = Int32(order - orders.lowerBound + 1)
            for position in history.itemRange(of: order) { first[Int(history.items[position])] = number }
        }
    }

    private static func fresh(_ sums: inout [Double], _ add: (UnsafeMutableBufferPointer<Double>) -> Void) {
        sums.withUnsafeMutableBufferPointer {
            $0.update(repeating: 0)
            add($0)
        }
    }

    /// Ascending: the most tried, 60 by peers and 30 by what goes with all, of what was never bought.
    private func candidates() -> [Int] {
        let isOpen = { (item: Int) in !isSeen[item] && (isEligible?[item] ?? true) }
        let byPeers = RankOrder.top(60, scores: peers, popularity: context.popularity, where: isOpen)
        let byPartners = RankOrder.top(30, scores: withAll, popularity: context.popularity, where: isOpen)
        let all = (rates.mostTried.filter(isOpen) + byPeers + byPartners).sorted()
        return all.indices.filter { $0 == 0 || all[$0] != all[$0 - 1] }.map { all[$0] }
    }

    private func lift(_ item: Int) -> Double { log((peers[item] + 0.002) / (context.average[item] + 0.002)) }

    private func appendRebuy(
        _ item: Int,
        _ position: Int,
        _ user: Int,
        _ orders: Double,
        _ size: (Double, Double),
        _ isHit: Bool?,
        _ row: inout [Double]
    ) {
        let times = context.bought.values[position]
        let had = rates.had[item] - (isHit == nil ? 0 : 1)
        let again = rates.again[item] - (isHit == true ? 1 : 0)
        let elapsed = orders + 1 - Double(last[item])
        let gap = Double(last[item] - first[item]) / max(1, times - 1)
        row.append(LogOdds.of(rates.rebuy.rate(hits: again, trials: had)))
        row.append(log(times))
        row.append(times / orders)
        row.append(1 / elapsed)
        row.append(elapsed == 1 ? 1 : 0)
        row.append(times > 1 ? exp(-abs(elapsed - gap) / 2) : 0)
        row.append(lift(item))
        row.append(withLast[item].squareRoot())
        row.append((withAll[item] / orders).squareRoot())
        row.append(log1p(context.popularity[item]))
        row.append(log(0.05 * context.habit.values[position] + 0.95 * habitOfPeers[item] + 0.001))
        if context.fading != nil { row.append(log(lately[item] + 0.05)) }
        row.append(size.0)
        row.append(size.1)
    }

    private func appendDiscovery(
        _ item: Int,
        _ user: Int,
        _ orders: Double,
        _ size: (Double, Double),
        _ isHit: Bool?,
        _ row: inout [Double]
    ) {
        let strangers = rates.users - rates.had[item] - (isHit == nil ? 0 : 1)
        let tried = rates.tried[item] - (isHit == true ? 1 : 0)
        row.append(LogOdds.of(rates.trial.rate(hits: tried, trials: strangers)))
        row.append(lift(item))
        row.append(withLast[item].squareRoot())
        row.append((withAll[item] / orders).squareRoot())
        row.append(log1p(context.popularity[item]))
        row.append(log(0.95 * habitOfPeers[item] + 0.001))
        for signal in context.signals { row.append(signal.value(user, item)) }
        row.append(size.0)
        row.append(size.1)
    }
}
