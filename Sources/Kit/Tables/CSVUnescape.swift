/// Copies of the cells that hold doubled quotes or text behind their closing quote: the few that cannot be handed out
/// where they stand.
struct CSVUnescape: ~Copyable {
    private(set) var bytes: UnsafeMutablePointer<UInt8>
    private var capacity = 256

    init() { bytes = .allocate(capacity: capacity) }

    deinit { bytes.deallocate() }

    /// Fills the area with all marked cells of a record and points their ranges at it.
    mutating func resolve(
        _ cells: UnsafeMutablePointer<CSVCellRange>,
        count: Int,
        in record: UnsafePointer<UInt8>,
        length: Int,
        quote: UInt8
    ) {
        reserve(length)
        var used = 0
        for index in 0..<count where cells[index].isUnescaped {
            let cell = cells[index]
            let from = UnsafeBufferPointer(start: record + Int(cell.start), count: cell.length)
            let end = copy(from, at: used, quote: quote)
            cells[index] = CSVCellRange(used, end, isUnescaped: true)
            used = end
        }
    }

    /// Up to the closing quote two quotes are one; behind it every byte stands for itself.
    private func copy(_ cell: UnsafeBufferPointer<UInt8>, at start: Int, quote: UInt8) -> Int {
        var target = start
        var index = 0
        var isQuoted = true
        while index < cell.count {
            let byte = cell[index]
            index &+= 1
            if isQuoted && byte == quote {
                guard index < cell.count && cell[index] == quote else {
                    isQuoted = false
                    continue
                }
                index &+= 1
            }
            bytes[target] = byte
            target &+= 1
        }
        return target
    }

    private mutating func reserve(_ length: Int) {
        guard length > capacity else { return }
        bytes.deallocate()
        capacity = max(length, capacity * 2)
        bytes = .allocate(capacity: capacity)
    }
}
