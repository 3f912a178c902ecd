import Testing

@testable import Statistics

@Suite struct CounterRandomTests {
    /// The known answers of Random123 (kat_vectors, philox4x32 10).
    @Test func knownAnswers() {
        let zero = CounterRandom.philox(counter: SIMD4(0, 0, 0, 0), key: SIMD2(0, 0))
        #expect(zero == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
        let ones = CounterRandom.philox(
            counter: SIMD4(repeating: 0xFFFF_FFFF),
            key: SIMD2(repeating: 0xFFFF_FFFF)
        )
        #expect(ones == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
        let pi = CounterRandom.philox(
            counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
            key: SIMD2(0xA409_3822, 0x299F_31D0)
        )
        #expect(pi == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
    }

    @Test func unitsFillTheRange() {
        let random = CounterRandom(seed: 7)
        let numbers = (0..<2000).map { random.unit(3, $0) }
        #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(numbers.reduce(0, +) / 2000 - 0.5) < 0.03)
        #expect(random.unit(3, 5) == CounterRandom(seed: 7).unit(3, 5))
        #expect(random.unit(3, 5) != CounterRandom(seed: 8).unit(3, 5))
        #expect(random.unit(3, 5) != random.unit(4, 5))
    }

    @Test func bootstrapAgreesWithTheNormalInterval() throws {
        var numbers = NumberSequence()
        let values = numbers.numbers(400)
        let mean = values.reduce(0, +) / 400
        let interval = try #require(Bootstrap(draws: 400).mean(values))
        let half = 1.96 * (1.0 / 12).squareRoot() / 20
        #expect(abs(interval.lower - (mean - half)) < 0.006)
        #expect(abs(interval.upper - (mean + half)) < 0.006)
    }

    @Test func bootstrapIsTheSameOnAnyNumberOfThreads() throws {
        var numbers = NumberSequence()
        let first = numbers.numbers(50)
        let second = numbers.numbers(50)
        let bootstrap = Bootstrap(draws: 100)
        let serial = try #require(bootstrap.paired(first, minus: second))
        let apart = try #require(bootstrap.difference(first, minus: second))
        for threads in [2, 4] {
            let chunks = ParallelChunks(threads: threads)
            #expect(bootstrap.paired(first, minus: second, chunks: chunks) == serial)
            #expect(bootstrap.difference(first, minus: second, chunks: chunks) == apart)
        }
        #expect(bootstrap.paired(first, minus: first) == Interval(lower: 0, upper: 0))
        #expect(bootstrap.paired(first, minus: []) == nil)
        #expect(bootstrap.difference([], minus: second) == nil)
    }

    @Test func chunksComeInOrder() {
        for threads in 1...4 {
            let parts = ParallelChunks(threads: threads).map(103, size: 10) { Array($0) }
            #expect(parts.count == 11)
            #expect(parts.flatMap { $0 } == Array(0..<103))
        }
        #expect(ParallelChunks(threads: 2).map(0, size: 10) { Array($0) }.isEmpty)
    }
}
