import Support
import TestSupport
import Testing

@Suite struct SequenceHashTests {
    private enum Value: Equatable {
        case none
        case number(Int64)
        case text([UInt8])
    }

    private func hash(_ values: [Value], _ key: (UInt64, UInt64) = (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210))
        -> UInt64
    {
        var hash = SequenceHash(key: key)
        for value in values {
            switch value {
            case .none: hash.addNothing()
            case .number(let number): hash.add(number)
            case .text(let bytes): bytes.withUnsafeBytes { hash.add($0) }
            }
        }
        return hash.value
    }

    /// Whatever differs in one place only: a byte, a length, a kind, an order, where a text ends.
    @Test func whatDiffersHashesDifferently() {
        var sequences: [[Value]] = [[], [.none], [.none, .none], [.number(0)], [.number(1)], [.number(-1)]]
        for length in 0...50 {
            let text = [UInt8](repeating: 0, count: length)
            sequences += [[.text(text)], [.none, .text(text)], [.text(text), .none]]
            for place in 0..<length {
                var changed = text
                changed[place] = 1
                sequences.append([.text(changed)])
                sequences.append([.text(Array(changed[..<place])), .text(Array(changed[place...]))])
            }
        }
        #expect(Set(sequences.map { hash($0) }).count == sequences.count)
    }

    @Test func whatIsTheSameHashesTheSameWhereverItLies() {
        var random = SeededRandom(3)
        for length in 0..<200 {
            let text = (0..<length).map { _ in UInt8(random.below(256)) }
            let expected = hash([.text(text), .number(7)])
            for shift in 0..<8 {
                let moved = [UInt8](repeating: 9, count: shift) + text + [9]
                var other = SequenceHash(key: (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210))
                moved.withUnsafeBytes { other.add(UnsafeRawBufferPointer(rebasing: $0[shift..<shift + length])) }
                other.add(7)
                #expect(other.value == expected)
            }
        }
    }

    @Test func anotherKeyMakesAnotherHash() {
        let text: [Value] = [.text(Array("the same text".utf8)), .none, .number(5)]
        let keys: [(UInt64, UInt64)] = [(1, 2), (1, 4), (2, 2), (0, 0), (.max, .max)]
        #expect(Set(keys.map { hash(text, $0) }).count == keys.count)
    }

    /// Each bit of the input decides on about half of the bits of the hash.
    @Test func oneBitChangesAboutHalf() {
        var random = SeededRandom(5)
        var least = 64
        var sum = 0
        for bit in 0..<320 {
            var text = (0..<40).map { _ in UInt8(random.below(256)) }
            let before = hash([.text(text)])
            text[bit / 8] ^= 1 << UInt8(bit % 8)
            let changed = (before ^ hash([.text(text)])).nonzeroBitCount
            least = min(least, changed)
            sum += changed
        }
        #expect(least > 12 && (30...34).contains(sum / 320), "\(least), \(sum / 320)")
    }
}
