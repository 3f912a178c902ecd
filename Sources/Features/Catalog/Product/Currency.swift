/// The shop's one currency. Fixed at first start, because every stored amount is in its minor units.
package struct Currency: Sendable, Equatable {
    /// ISO 4217, e.g. `EUR`.
    package var code: String
    /// Decimals of an amount: 2 for EUR, 0 for JPY.
    package var exponent: Int

    package init(code: String, exponent: Int) {
        self.code = code
        self.exponent = exponent
    }

    package static let euro = Currency(code: "EUR", exponent: 2)

    /// The amount as a decimal with exactly the currency's decimals: `12.50`.
    package func text(_ minorUnits: Int64) -> String {
        guard exponent > 0 else { return String(minorUnits) }
        let digits = String(minorUnits.magnitude)
        let padded = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
        return "\(minorUnits < 0 ? "-" : "")\(padded.dropLast(exponent)).\(padded.suffix(exponent))"
    }

    /// What can be wrong with a written amount.
    package enum AmountError: Error, Sendable, Equatable {
        /// Not a plain positive decimal, or more decimals than the currency has, or too big.
        case bad
        /// One mark with exactly three digits behind it: `1,234` may be either.
        case ambiguous
    }

    /// Reads a plain decimal as the API takes it: digits, and `.` with at most the currency's decimals. Never rounds.
    package func minorUnits(_ text: String) throws(AmountError) -> Int64 {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { (bytes) throws(AmountError) in
            try minorUnits(digits: bytes, decimalMark: bytes.lastIndex(of: 0x2E), groupMark: nil)
        }
    }

    /// Reads an amount as people write it in files: `12.5`, `12,5`, `1.234,56`, `1,234.56`, `1'234.50`, `€ 1 234,50`;
    /// `1,234` is ambiguous.
    package func minorUnits(written bytes: UnsafeBufferPointer<UInt8>) throws(AmountError) -> Int64 {
        if WrittenAmount.isPlain(bytes) { return try minorUnits(plain: bytes) }
        guard bytes.count <= WrittenAmount.limit else { throw .bad }
        // The closure of the work area cannot throw a typed error.
        let result = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: WrittenAmount.limit) { area in
            guard let count = WrittenAmount.strip(bytes, code, into: area) else {
                return Result<Int64, AmountError>.failure(.bad)
            }
            let stripped = UnsafeBufferPointer(rebasing: area[..<count])
            return Result { () throws(AmountError) in try minorUnits(stripped: stripped) }
        }
        return try result.get()
    }

    /// With groups of thousands that are marked by what is no decimal mark, whatever mark there is is the decimal one.
    private func minorUnits(stripped bytes: UnsafeBufferPointer<UInt8>) throws(AmountError) -> Int64 {
        guard bytes.contains(WrittenAmount.groupMark) else { return try minorUnits(plain: bytes) }
        let mark = bytes.lastIndex { $0 == 0x2E || $0 == 0x2C }
        return try minorUnits(digits: bytes, decimalMark: mark, groupMark: WrittenAmount.groupMark)
    }

    private func minorUnits(plain bytes: UnsafeBufferPointer<UInt8>) throws(AmountError) -> Int64 {
        let dot = bytes.lastIndex(of: 0x2E)
        let comma = bytes.lastIndex(of: 0x2C)
        switch (dot, comma) {
        case (let dot?, let comma?):
            let decimal = max(dot, comma)
            return try minorUnits(digits: bytes, decimalMark: decimal, groupMark: dot > comma ? 0x2C : 0x2E)
        case (let mark?, nil), (nil, let mark?):
            let single = bytes.firstIndex(of: bytes[mark]) == mark
            // Twice the same mark can only be groups of thousands, and then there are no decimals.
            guard single else { return try minorUnits(digits: bytes, decimalMark: nil, groupMark: bytes[mark]) }
            let isWhole = bytes.indices.allSatisfy { $0 == mark || (bytes[$0] >= 0x30 && bytes[$0] <= 0x39) }
            if isWhole, bytes.count - mark - 1 == 3, exponent != 3, mark > 0 { throw .ambiguous }
            return try minorUnits(digits: bytes, decimalMark: mark, groupMark: nil)
        case (nil, nil):
            return try minorUnits(digits: bytes, decimalMark: nil, groupMark: nil)
        }
    }

    private func minorUnits(
        digits bytes: UnsafeBufferPointer<UInt8>,
        decimalMark: Int?,
        groupMark: UInt8?
    ) throws(AmountError) -> Int64 {
        guard !bytes.isEmpty, decimalMark != 0, bytes.count - (decimalMark ?? bytes.count) != 1 else { throw .bad }
        var value: Int64 = 0
        var decimals = 0
        var sinceGroup = 0
        var groups = 0
        for (index, byte) in bytes.enumerated() {
            if index == decimalMark {
                if groups > 0 && sinceGroup != 3 { throw .bad }
                continue
            }
            if byte == groupMark {
                guard index > 0, groups == 0 ? sinceGroup <= 3 : sinceGroup == 3, index < decimalMark ?? bytes.count
                else { throw .bad }
                groups += 1
                sinceGroup = 0
                continue
            }
            guard byte >= 0x30, byte <= 0x39 else { throw .bad }
            if let decimalMark, index > decimalMark { decimals += 1 } else { sinceGroup += 1 }
            guard decimals <= exponent else { throw .bad }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(Int64(byte - 0x30))
            guard !overflow, !carry else { throw .bad }
            value = sum
        }
        if groups > 0 && decimalMark == nil && sinceGroup != 3 { throw .bad }
        for _ in 0..<max(0, exponent - decimals) {
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { throw .bad }
            value = shifted
        }
        // JSON numbers and spreadsheets are exact up to here; no price needs more.
        guard value <= 9_007_199_254_740_991 else { throw .bad }
        return value
    }
}
