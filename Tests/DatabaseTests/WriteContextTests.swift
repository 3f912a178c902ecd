import Database
import Testing

@Suite struct WriteContextTests {
    @Test func actorsAreStoredByKindAndID() {
        #expect(
            [Actor.user(3), .token(7), .job(12), .system].map(\.description) == [
                "user:3", "token:7", "job:12", "system",
            ]
        )
    }
}
