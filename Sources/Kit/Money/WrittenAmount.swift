import Support

/// Reads amounts of one currency as people and programs write them in files: `12.5`, `12,5`, `1.234,56`, `1,234.56`,
/// `1'234.50`, `€ 1 234,50`, `12,- Euro`, `.50`, `￥１，２００`. Made once for a column.
///
/// - Zeros at the end of a fraction say nothing: `10.0000` is 10, also where a currency has no decimals.
/// - A mark that stands once with three digits behind it may part thousands only where one to three digits stand before
///   it and the first of them is no 0. Then a currency without decimals reads thousands and one of three decimals reads
///   decimals; for all others it is ambiguous.
/// - What is behind the mark and no 0 must fit the currency: amounts are never rounded.
public struct WrittenAmount {
    public struct Value: Equatable {
        public let minorUnits: Int64
        /// The mark before decimals; nil where there are none.
        public var decimalMark: UInt8?
    }

    /// Longer texts are no amounts; keeps the work area small.
    static let limit = 64

    private let currency: Currency
    private let signs: [[UInt8]]
    /// Thousands and above are parted at each second digit, as `1,23,456`.
    private let partsHundreds: Bool
    /// 1, 10, 100 …: what one unit is when so many decimals are written.
    private let scales: [Int64]

    public init(_ currency: Currency) {
        self.currency = currency
        signs = CurrencySigns.all(of: currency.code)
        partsHundreds = CurrencySigns.partingHundreds.contains(currency.code)
        var scale: Int64 = 1
        var scales: [Int64] = []
        for _ in 0...max(0, currency.exponent) {
            scales.insert(scale, at: 0)
            scale *= 10
        }
        self.scales = scales
    }

    /// Reads a text without white space at its ends.
    public func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(Currency.AmountError) -> Value {
        if let value = simple(bytes) { return value }
        if AmountText.isPlain(bytes) { return try read(plain: bytes) }
        guard bytes.count <= Self.limit else { throw .bad }
        // The closure of the work area cannot throw a typed error.
        let result = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.limit) { area in
            guard let count = AmountText.strip(bytes, signs, into: area) else {
                return Result<Value, Currency.AmountError>.failure(.bad)
            }
            let stripped = UnsafeBufferPointer(rebasing: area[..<count])
            return Result { () throws(Currency.AmountError) in try read(stripped: stripped) }
        }
        return try result.get()
    }

    /// Reads what a workbook or JSON says is a number: its point is a decimal one, and it may have an exponent. Around
    /// it may stand what its format shows: the currency.
    public func read(number bytes: UnsafeBufferPointer<UInt8>) throws(Currency.AmountError) -> Value {
        if !bytes.contains(where: { $0 == 0x2C }), let plain = NumberText.plain(bytes) {
            return try plain.withUnsafeBufferPointer { (digits) throws(Currency.AmountError) in
                try read(digits, decimalMark: digits.firstIndex(of: 0x2E), groupMark: nil)
            }
        }
        guard bytes.count <= Self.limit else { throw .bad }
        let result = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.limit) { area in
            guard let count = AmountText.strip(bytes, signs, into: area) else {
                return Result<Value, Currency.AmountError>.failure(.bad)
            }
            let digits = UnsafeBufferPointer(rebasing: area[..<count])
            return Result { () throws(Currency.AmountError) in
                try read(digits, decimalMark: digits.lastIndex(of: 0x2E), groupMark: AmountText.groupMark)
            }
        }
        return try result.get()
    }

    /// Digits, and perhaps one mark that nobody takes for one of thousands: nearly all cells.
    private func simple(_ bytes: UnsafeBufferPointer<UInt8>) -> Value? {
        guard bytes.count <= 15, let last = bytes.last, last >= 0x30, last <= 0x39 else { return nil }
        var value: Int64 = 0
        var mark = -1
        for index in 0..<bytes.count {
            let byte = bytes[index]
            if byte >= 0x30 && byte <= 0x39 {
                value = value &* 10 &+ Int64(byte &- 0x30)
            } else {
                guard byte == 0x2E || byte == 0x2C, mark < 0, index > 0 else { return nil }
                mark = index
            }
        }
        let decimals = mark < 0 ? 0 : bytes.count - mark - 1
        guard decimals < scales.count, decimals != 3 || scales.count == 4 else { return nil }
        let (amount, overflow) = value.multipliedReportingOverflow(by: scales[decimals])
        guard !overflow, amount <= Currency.greatest else { return nil }
        return Value(minorUnits: amount, decimalMark: mark < 0 ? nil : bytes[mark])
    }

    /// With groups of thousands that are marked by what is no decimal mark, whatever mark there is is the decimal one.
    private func read(stripped bytes: UnsafeBufferPointer<UInt8>) throws(Currency.AmountError) -> Value {
        guard bytes.contains(AmountText.groupMark) else { return try read(plain: bytes) }
        let mark = bytes.lastIndex { $0 == 0x2E || $0 == 0x2C }
        return try read(bytes, decimalMark: mark, groupMark: AmountText.groupMark)
    }

    private func read(plain bytes: UnsafeBufferPointer<UInt8>) throws(Currency.AmountError) -> Value {
        let dot = bytes.lastIndex(of: 0x2E)
        let comma = bytes.lastIndex(of: 0x2C)
        switch (dot, comma) {
        case (let dot?, let comma?):
            return try read(bytes, decimalMark: max(dot, comma), groupMark: dot > comma ? 0x2C : 0x2E)
        case (let mark?, nil), (nil, let mark?):
            // Twice the same mark can only be groups of thousands, and then there are no decimals.
            let isSingle = bytes.firstIndex(of: bytes[mark]) == mark
            guard isSingle else { return try read(bytes, decimalMark: nil, groupMark: bytes[mark]) }
            guard bytes.count - mark - 1 == 3, (1...3).contains(mark), bytes[0] != 0x30, currency.exponent != 3 else {
                return try read(bytes, decimalMark: mark, groupMark: nil)
            }
            guard currency.exponent == 0 else { throw .ambiguous }
            return try read(bytes, decimalMark: nil, groupMark: bytes[mark])
        case (nil, nil):
            return try read(bytes, decimalMark: nil, groupMark: nil)
        }
    }

    private func read(
        _ bytes: UnsafeBufferPointer<UInt8>,
        decimalMark: Int?,
        groupMark: UInt8?
    ) throws(Currency.AmountError) -> Value {
        let whole = bytes[..<(decimalMark ?? bytes.count)]
        var fraction = bytes[(decimalMark.map { $0 + 1 } ?? bytes.count)...]
        guard decimalMark == nil ? !whole.isEmpty : !fraction.isEmpty else { throw .bad }
        while let last = fraction.last, last == 0x30 { fraction = fraction.dropLast() }
        if fraction.count > currency.exponent, let value = withoutNoise(bytes) { return value }
        if let groupMark, whole.contains(groupMark), !isGrouped(whole, groupMark) { throw .bad }
        let amount = try currency.minorUnits(whole: whole.lazy.filter { $0 != groupMark }, fraction: fraction)
        return Value(minorUnits: amount, decimalMark: decimalMark.map { bytes[$0] })
    }

    /// Whether thousands are parted as people do: one to three digits that begin with no 0, then threes; or one or two
    /// digits, twos and a three at the end.
    private func isGrouped(_ whole: Slice<UnsafeBufferPointer<UInt8>>, _ mark: UInt8) -> Bool {
        guard let first = whole.firstIndex(of: mark), whole.first != 0x30 else { return false }
        let before = first - whole.startIndex
        func isParted(at each: Int, first most: Int) -> Bool {
            guard (1...most).contains(before), whole.count >= before + 4 else { return false }
            let end = whole.endIndex - 4
            guard whole[end] == mark, (end - first).isMultiple(of: each + 1) else { return false }
            return whole.indices.allSatisfy { index in
                (whole[index] == mark) == (index == end || index < end && (index - first).isMultiple(of: each + 1))
                    || index < first && whole[index] != mark
            }
        }
        return isParted(at: 3, first: 3) || partsHundreds && isParted(at: 2, first: 2)
    }

    /// `19.990000000000002`, as programs write what binary fractions cannot hold, is 19.99.
    private func withoutNoise(_ bytes: UnsafeBufferPointer<UInt8>) -> Value? {
        guard bytes.count > 16, let plain = NumberText.plain(bytes), plain.count < 16 else { return nil }
        return plain.withUnsafeBufferPointer { try? read($0, decimalMark: $0.firstIndex(of: 0x2E), groupMark: nil) }
    }
}
