import Support
import TestSupport
import Testing
import Web

@testable import FastCGI

@Suite struct EventQueueTests {
    private var queue = EventQueue()

    private func event(_ id: Int64, _ topic: String, of subject: String? = nil) -> EventSource.Event {
        EventSource.Event(
            topic: topic,
            subject: subject,
            frame: EventFrame(id: EventCursor(integerLiteral: id), event: "progress", data: "{}")
        )
    }

    /// All that is handed out, as `id: recipients`.
    private func drain(_ queue: inout EventQueue, by limit: Int, _ listeners: [UInt64] = [1, 2, 3]) -> [String] {
        var log: [String] = []
        while let (item, recipients) = queue.next(limit, listeners: { _ in listeners }) {
            log.append(
                "\(item.frame?.id?.description ?? "0"): \(recipients.sorted().map { "\($0)" }.joined(separator: " "))"
            )
        }
        return log
    }

    @Test func everybodyGetsEachEventInOrderAFewAtATime() {
        var queue = queue
        queue.add(event(1, "catalogue"))
        queue.add(event(2, "catalogue"))
        queue.addForAll([0x3A])
        #expect(drain(&queue, by: 2) == ["1: 2 3", "1: 1", "2: 2 3", "2: 1", "0: 2 3", "0: 1"])
        #expect(queue.isEmpty)
    }

    @Test func aStateThatNobodyHasGotGivesWayToTheNext() {
        var queue = queue
        queue.add(event(1, "jobs", of: "job:1"))
        queue.add(event(2, "jobs", of: "job:2"))
        queue.add(event(3, "job:1", of: "job:1"))
        queue.add(event(4, "jobs", of: "job:1"))
        queue.add(event(5, "jobs"))
        #expect(drain(&queue, by: 9) == ["2: 1 2 3", "3: 1 2 3", "4: 1 2 3", "5: 1 2 3"])
    }

    @Test func aStateThatSomeHaveGotIsToldToTheOthersToo() {
        var queue = queue
        queue.add(event(1, "job:1", of: "job:1"))
        _ = queue.next(1) { _ in [1, 2] }
        queue.add(event(2, "job:1", of: "job:1"))
        #expect(drain(&queue, by: 9) == ["1: 1", "2: 1 2 3"])
    }

    @Test func whatNobodyListensToIsPassedOver() {
        var queue = queue
        queue.add(event(1, "job:1"))
        queue.add(event(2, "job:1"))
        #expect(drain(&queue, by: 2, []) == ["1: ", "2: "])
    }
}
