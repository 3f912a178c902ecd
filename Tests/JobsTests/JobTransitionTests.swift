import Database
import Support
import Testing

@testable import Jobs

/// Every event in every state.
@Suite struct JobTransitionTests {
    private static let statuses: [Job.Status] = [
        .pending, .validating, .processing, .awaitingConfirmation, .completed, .failed, .cancelled,
    ]

    /// One column for each state in the order above: the state behind the event by its letter, `.` where it is refused.
    private static let table: [(JobEvent, String)] = [
        (.hold, "A......"), (.confirm, "...P..."), (.confirmAndClaim, "...R..."), (.startOver, "...P..."),
        (.retry, ".....PP"), (.reopen, "....PPP"), (.cancel, "XXXX..."), (.claim, "RRR...."), (.ask, ".AA...."),
        (.postpone, ".PP...."), (.handOn, ".VR...."), (.lose, ".VR...."), (.end(.completed), ".CC...."),
        (.end(.failed), ".FF...."), (.end(.cancelled), ".XX...."), (.giveUp(.completed), "CCCC..."),
        (.giveUp(.failed), "FFFF..."), (.giveUp(.cancelled), "XXXX..."),
    ]

    private static func letter(_ status: Job.Status?) -> String {
        switch status {
        case nil: "."
        case .pending: "P"
        case .validating: "V"
        case .processing: "R"
        case .awaitingConfirmation: "A"
        case .completed: "C"
        case .failed: "F"
        case .cancelled: "X"
        }
    }

    @Test func theTableSaysWhatFollowsUponWhat() {
        #expect(Set(Self.table.map(\.0)) == Set(JobEvent.all) && Self.table.count == JobEvent.all.count)
        #expect(Set(Self.statuses) == Set(Job.Status.allCases))
        for (event, row) in Self.table {
            #expect(Self.statuses.map { Self.letter($0.after(event)) }.joined() == row, "\(event)")
        }
    }

    /// What a job over says of itself: no worker is at it, and nothing is waited for.
    @Test func whatIsOverHasNoWorker() {
        for event in JobEvent.all {
            let transition = JobTransition(event)
            if transition.to?.isFinal == true {
                #expect(transition.effects.isSuperset(of: [.ends, .leaves, .answers]), "\(event)")
            }
            // Whoever is not in the line must be shut out, or be the one who says it.
            if transition.to == .pending { #expect(transition.effects.contains(.queues), "\(event)") }
            if transition.from.contains(.pending), transition.to?.isFinal == true {
                #expect(transition.effects.contains(.fences), "\(event)")
            }
        }
    }

    /// What is stored is what the table says, whatever the state and the event.
    @Test func theStoreMovesByTheTable() throws {
        let fixture = JobFixture()
        let connection = try fixture.database()
        let store = JobStore(connection)
        for event in JobEvent.all {
            for status in Job.Status.allCases {
                let job = try fixture.add(connection)
                try connection.write {
                    try connection.execute("UPDATE job SET status = \(status.rawValue) WHERE id = \(job.id)")
                    let before = try find(job, connection)
                    let moved = try store.move(job.id, event, at: fixture.now)
                    let after = try find(job, connection)
                    #expect(moved == (status.after(event) != nil), "\(event) of \(status)")
                    #expect(after.status == status.after(event) ?? status, "\(event) of \(status)")
                    if !moved { #expect(after == before) }
                    #expect(try !store.move(job.id, event, attempt: 77, at: fixture.now), "another attempt")
                }
            }
        }
    }
}
