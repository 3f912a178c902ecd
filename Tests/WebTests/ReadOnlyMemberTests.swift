import Support
import Testing
import Web

/// What a client has read may be sent back, however its types write it.
@Suite struct ReadOnlyMemberTests {
    @Test(arguments: [
        "2026-11-21T05:46:00.250Z", "2026-11-21T05:46:00.250+00:00", "2026-11-21T05:46:00.250000+00:00",
        "2026-11-21T07:46:00.25+02:00", "2026-11-21 05:46:00.250Z",
    ])
    func anInstantMayBeWrittenInEveryForm(_ text: String) {
        #expect(JSON.string(text).isUnchanged(from: "2026-11-21T05:46:00.250Z"))
    }

    @Test func anotherValueIsAChange() {
        #expect(!JSON.string("2026-11-21T05:46:00.251Z").isUnchanged(from: "2026-11-21T05:46:00.250Z"))
        #expect(!JSON.null.isUnchanged(from: "2026-11-21T05:46:00.250Z"))
        #expect(!JSON.string("2026-11-21T05:46:00Z").isUnchanged(from: .null))
        #expect(!JSON.string("3").isUnchanged(from: 3))
        #expect(JSON.int(3).isUnchanged(from: 3) && JSON.null.isUnchanged(from: .null))
    }
}
