import Glibc
public import Statistics

/// One more column of the discovery card, known to the caller: how an item fits a user's taste, budget or season.
public struct ItemSignal: Sendable {
    /// Printed with the contribution.
    public var name: String
    /// The greater, the better the item (second) fits the user (first).
    public var value: @Sendable (Int, Int) -> Double

    /// A pure function: the same arguments, the same value, on any thread.
    public init(name: String, value: @escaping @Sendable (Int, Int) -> Double) {
        self.name = name
        self.value = value
    }
}

/// Counts what was bought by days instead of by orders: each purchase by half as much every so many days.
public struct Fading: Sendable, Equatable {
    /// The day that the history ends before.
    public var asOf: Int32
    /// Days after which a purchase counts half.
    public var halfLife: Double

    /// 90 days by default: on windows before the reported one it ranked at least as well as counting orders alone.
    public init(asOf: Int32, halfLife: Double = 90) {
        self.asOf = asOf
        self.halfLife = halfLife
    }

    func weight(of day: Int32) -> Double { exp2(-Double(max(0, asOf - day)) / halfLife) }
}

/// All that the columns of the cards are made of, as of one day.
public struct ScorecardContext: Sendable {
    /// Purchases before the day.
    public let history: PurchaseHistory
    /// Users whose orders say what goes with what, and who may be peers.
    public let pool: [Int]
    /// Orders that hold each item.
    public let popularity: [Double]
    /// Columns that the caller adds.
    public let signals: [ItemSignal]
    /// Adds the column `bought_lately` to the rebuy card; nil leaves it out.
    public let fading: Fading?
    /// Peers that a user has.
    public let peerCount: Int
    let bought: SparseMatrix
    let frequency: SparseMatrix
    let lastOrder: SparseMatrix
    let decayed: SparseMatrix
    let habit: SparseMatrix
    let average: [Double]
    let goesWith: CoPurchase
    let frequencyPeers: NearestPeers
    let habitPeers: NearestPeers

    /// - Parameter pool: all users, or a sample of them above some 20,000.
    public init(
        _ history: PurchaseHistory,
        pool: [Int],
        peerCount: Int = 300,
        signals: [ItemSignal] = [],
        fading: Fading? = nil,
        chunks: ParallelChunks = .serial
    ) {
        self.history = history
        self.pool = pool
        self.peerCount = peerCount
        self.signals = signals
        self.fading = fading
        popularity = history.popularity()
        bought = history.weighted { [Double](repeating: 1, count: $0) }
        let orders = (0..<history.userCount).map { Double(max(1, history.orders(of: $0).count)) }
        frequency = bought.scaledRows(orders.map { 1 / $0 })
        lastOrder = history.weighted { [Double](repeating: 0, count: max(0, $0 - 1)) + [1].prefix($0) }
        decayed = history.weighted { count in (0..<count).map { pow(0.8, Double(count - 1 - $0)) } }
        habit = TIFU(orderDecay: 0.9, groupDecay: 0.9).vectors(history)
        average = frequency.meanRow(pool)
        goesWith = CoPurchase(history.orderMatrix(of: pool), chunks: chunks)
        frequencyPeers = NearestPeers(TIFU(orderDecay: 1, groupDecay: 0.9).vectors(history), pool: pool)
        habitPeers = NearestPeers(habit, pool: pool)
    }
}
