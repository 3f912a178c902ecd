/// Who bought what on which day, before some day: orders of each user, oldest first, all by position. Users
/// and items are 0..<count; whoever calls keeps the names.
public struct PurchaseHistory: Sendable, Equatable {
    /// One line of an order.
    public struct Line: Sendable, Equatable {
        /// Position of the user.
        public var user: Int32
        /// Days since some day; all lines of a user and day are one order.
        public var day: Int32
        /// Position of the item.
        public var item: Int32

        /// Positions that are not below the counts are refused by `PurchaseHistory`.
        public init(user: Int32, day: Int32, item: Int32) {
            self.user = user
            self.day = day
            self.item = item
        }
    }

    /// How many items there are, bought or not.
    public let itemCount: Int
    /// Where each user's orders begin; one more than users.
    public let userStarts: [Int]
    /// Where each order's items begin; one more than orders.
    public let orderStarts: [Int]
    /// The day of each order.
    public let days: [Int32]
    /// Ascending in each order, each once.
    public let items: [Int32]

    /// Sorts lines into orders. The order of the lines does not matter, and a line that comes twice counts once.
    /// - Returns: nil when a position is not below its count.
    public init?(lines: [Line], userCount: Int, itemCount: Int) {
        var starts = [Int](repeating: 0, count: userCount + 1)
        for line in lines {
            guard line.user >= 0, line.user < userCount, line.item >= 0, line.item < itemCount else {
                return nil
            }
            starts[Int(line.user) + 1] += 1
        }
        for index in 0..<userCount { starts[index + 1] += starts[index] }
        var next = starts
        // Day and item in one word that sorts by day, then item.
        var words = [UInt64](repeating: 0, count: lines.count)
        for line in lines {
            let day = UInt64(UInt32(bitPattern: line.day) ^ 0x8000_0000)
            words[next[Int(line.user)]] = day << 32 | UInt64(line.item)
            next[Int(line.user)] += 1
        }
        var userStarts = [0]
        var orderStarts: [Int] = []
        var days: [Int32] = []
        var items: [Int32] = []
        userStarts.reserveCapacity(userCount + 1)
        items.reserveCapacity(lines.count)
        for user in 0..<userCount {
            let range = starts[user]..<starts[user + 1]
            words[range].sort()
            var last: UInt64?
            for word in words[range] where word != last {
                if last.map({ $0 >> 32 }) != word >> 32 {
                    orderStarts.append(items.count)
                    days.append(Int32(bitPattern: UInt32(word >> 32) ^ 0x8000_0000))
                }
                items.append(Int32(truncatingIfNeeded: word & 0xFFFF_FFFF))
                last = word
            }
            userStarts.append(orderStarts.count)
        }
        orderStarts.append(items.count)
        self.itemCount = itemCount
        self.userStarts = userStarts
        self.orderStarts = orderStarts
        self.days = days
        self.items = items
    }

    /// How many users there are.
    public var userCount: Int { userStarts.count - 1 }

    /// The user's orders, oldest first.
    public func orders(of user: Int) -> Range<Int> { userStarts[user]..<userStarts[user + 1] }

    /// Where the order's items stand in `items`.
    public func itemRange(of order: Int) -> Range<Int> { orderStarts[order]..<orderStarts[order + 1] }

    /// In how many orders each item lies.
    public func popularity() -> [Double] {
        var counts = [Double](repeating: 0, count: itemCount)
        for item in items { counts[Int(item)] += 1 }
        return counts
    }

    /// Orders as rows of ones.
    public func orderMatrix() -> SparseMatrix {
        SparseMatrix(
            rowStarts: orderStarts,
            columns: items,
            values: [Double](repeating: 1, count: items.count),
            columnCount: itemCount
        )
    }

    /// The orders of some users as rows of ones.
    public func orderMatrix(of users: [Int]) -> SparseMatrix {
        if users.count == userCount { return orderMatrix() }
        var starts = [0]
        var columns: [Int32] = []
        for user in users {
            for order in orders(of: user) {
                columns.append(contentsOf: items[itemRange(of: order)])
                starts.append(columns.count)
            }
        }
        return SparseMatrix(
            rowStarts: starts,
            columns: columns,
            values: [Double](repeating: 1, count: columns.count),
            columnCount: itemCount
        )
    }

    /// Users as rows: the sum of the weights of the orders that an item lies in. Orders of weight 0 leave no
    /// trace.
    /// - Parameter weights: of a user's orders, oldest first, by their number.
    public func weighted(_ weights: (Int) -> [Double]) -> SparseMatrix {
        var known: [Int: [Double]] = [:]
        return weightedByDay { orders in
            if let found = known[orders.count] { return found }
            let made = weights(orders.count)
            known[orders.count] = made
            return made
        }
    }

    /// Users as rows, with weights of the days of their orders.
    /// - Parameter weights: as many as days are given.
    public func weightedByDay(_ weights: (ArraySlice<Int32>) -> [Double]) -> SparseMatrix {
        var builder = SparseRows(columnCount: itemCount)
        for user in 0..<userCount {
            let orders = orders(of: user)
            let weight = weights(days[orders])
            for order in orders where weight[order - orders.lowerBound] != 0 {
                let value = weight[order - orders.lowerBound]
                for position in itemRange(of: order) { builder.add(Int(items[position]), value) }
            }
            builder.endRow()
        }
        return builder.matrix()
    }
}
