import Statistics

/// The users most like a user, by Euclidean distance of rows (Hu, He, Gao and Zhang 2020, Modeling personalized
/// item frequency information for next-basket recommendation, SIGIR: TIFU-KNN).
public struct NearestPeers: Sendable {
    /// Users that may be peers, in the order that decides ties: those nearer the front win.
    public let pool: [Int]
    private let matrix: SparseMatrix
    private let columns: SparseMatrix
    private let norms: [Double]

    /// - Parameters:
    ///   - matrix: users as rows.
    ///   - pool: who may be a peer; above some 20,000 users a sample.
    public init(_ matrix: SparseMatrix, pool: [Int]) {
        self.pool = pool
        self.matrix = matrix
        columns = matrix.transposed(rows: pool)
        let all = matrix.squaredNorms()
        norms = pool.map { all[$0] }
    }

    /// The k nearest, nearest first, never the user itself; distances are compared at 12 decimals of the squared
    /// one.
    public func peers(of user: Int, _ k: Int) -> [Int] {
        guard k > 0, !pool.isEmpty else { return [] }
        var dots = [Double](repeating: 0, count: pool.count)
        var own = 0.0
        dots.withUnsafeMutableBufferPointer { dots in
            for position in matrix.range(user) {
                let value = matrix.values[position]
                own += value * value
                columns.add(Int(matrix.columns[position]), times: value, to: dots)
            }
        }
        var nearest = NearestHeap(limit: k)
        dots.withUnsafeBufferPointer { dots in
            norms.withUnsafeBufferPointer { norms in
                for position in 0..<dots.count {
                    let distance = RankOrder.rounded(own + norms[position] - 2 * dots[position])
                    if nearest.accepts(distance), pool[position] != user {
                        nearest.insert(distance, Int32(position))
                    }
                }
            }
        }
        return nearest.sorted().map { pool[Int($0)] }
    }

    /// The mean of the peers' rows in another matrix, added into a dense row that holds zeros.
    public func addMean(
        of rows: SparseMatrix,
        peers: [Int],
        times factor: Double = 1,
        to sums: UnsafeMutableBufferPointer<Double>
    ) {
        guard !peers.isEmpty else { return }
        let share = factor / Double(peers.count)
        for peer in peers { rows.add(peer, times: share, to: sums) }
    }
}

/// The k least of what comes, a max-heap. Positions come ascending, so among equal distances the earlier one stays.
private struct NearestHeap {
    private let limit: Int
    private var entries: [(distance: Double, position: Int32)] = []

    init(limit: Int) {
        self.limit = limit
        entries.reserveCapacity(limit)
    }

    @inline(__always)
    func accepts(_ distance: Double) -> Bool { entries.count < limit || distance < entries[0].distance }

    mutating func insert(_ distance: Double, _ position: Int32) {
        if entries.count < limit {
            entries.append((distance, position))
            rise(entries.count - 1)
        } else {
            entries[0] = (distance, position)
            sink()
        }
    }

    func sorted() -> [Int32] { entries.sorted { $0 < $1 }.map(\.position) }

    private mutating func rise(_ start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard entries[parent] < entries[index] else { return }
            entries.swapAt(parent, index)
            index = parent
        }
    }

    private mutating func sink() {
        var index = 0
        while true {
            var greatest = index
            for child in [2 * index + 1, 2 * index + 2] where child < entries.count {
                if entries[greatest] < entries[child] { greatest = child }
            }
            guard greatest != index else { return }
            entries.swapAt(greatest, index)
            index = greatest
        }
    }
}
