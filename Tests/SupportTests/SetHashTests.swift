import Support
import TestSupport
import Testing

@Suite struct SetHashTests {
    private func hash(_ numbers: [Int64]) -> SetHash {
        var hash = SetHash()
        for number in numbers { hash.add(number) }
        return hash
    }

    @Test func orderAndPartsDoNotMatter() {
        #expect(hash([1, 2, 3]) == hash([3, 1, 2]))
        var parted = SetHash(text: hash([7, 1 << 40]).text)
        parted?.add(9)
        #expect(parted == hash([9, 7, 1 << 40]))
        #expect(SetHash(text: SetHash().text) == SetHash() && SetHash(text: "x") == nil)
    }

    @Test func otherSetsDiffer() {
        var random = SeededRandom(1)
        var seen: Set<String> = [hash([]).text]
        var numbers: [Int64] = []
        for _ in 0..<2000 {
            numbers.append(Int64(random.below(1 << 30)) << 20 | Int64(numbers.count))
            #expect(seen.insert(hash(numbers).text).inserted)
            #expect(seen.insert(hash(Array(numbers.dropFirst()) + [-1]).text).inserted)
        }
        for (one, other) in [([1, 4], [2, 3]), ([0], []), ([5, 6], [5, 7])] as [([Int64], [Int64])] {
            #expect(hash(one) != hash(other))
        }
        var (pair, same, other) = (SetHash(), SetHash(), SetHash())
        pair.add("a", 1)
        pair.add("b", 2)
        same.add("b", 2)
        same.add("a", 1)
        other.add("a", 2)
        other.add("b", 1)
        #expect(pair == same && pair != other)
    }
}
