import Support
import Testing

@Suite struct UUIDTests {
    @Test func hasTheLayoutOfVersion7() {
        let random = [UInt8](repeating: 0xFF, count: 10)
        let time = Timestamp(milliseconds: 0x0123_4567_89AB)
        #expect(makeUUIDv7(at: time, random: random) == "01234567-89ab-7fff-bfff-ffffffffffff")
        let zero = [UInt8](repeating: 0, count: 10)
        #expect(makeUUIDv7(at: time, random: zero) == "01234567-89ab-7000-8000-000000000000")
        #expect(makeUUIDv7(at: Timestamp(milliseconds: -1), random: []) == "00000000-0000-7000-8000-000000000000")
    }

    @Test func laterOnesSortLaterAndNoneComesTwice() {
        let early = makeUUIDv7(at: Timestamp(milliseconds: 1000), random: [UInt8](repeating: 0xFF, count: 10))
        let late = makeUUIDv7(at: Timestamp(milliseconds: 1001), random: [UInt8](repeating: 0, count: 10))
        #expect(early < late)
        let many = Set((0..<1000).map { _ in Environment.live.makeUUID() })
        #expect(many.count == 1000)
        #expect(many.allSatisfy { $0.count == 36 })
    }

    @Test func environmentsAreReplaceable() {
        let environment = Environment(now: { Timestamp(milliseconds: 5) }, random: { [UInt8](repeating: 7, count: $0) })
        #expect(environment.makeUUID() == "00000000-0005-7707-8707-070707070707")
        #expect(randomBytes(16).count == 16)
        #expect(randomBytes(16) != randomBytes(16))
        let start = monotonicNanoseconds()
        sleep(milliseconds: 2)
        #expect(monotonicNanoseconds() - start >= 2_000_000)
    }
}
