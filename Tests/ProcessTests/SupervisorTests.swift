import Glibc
import Process
import Support
import Synchronization
import TestSupport
import Testing

/// A supervisor in a thread of its own, with what it logged.
private final class Supervised: Sendable {
    let folder = TestFolder()
    private let lines = Mutex<[String]>([])
    private let ready = Atomic<Bool>(false)
    private let thread = Mutex<TestThread?>(nil)

    init(_ make: @escaping @Sendable (TestFolder) -> [ChildSpecification], slots: Int = 8) {
        let thread = TestThread { [self] in
            let log = Log(component: "test") { line in self.lines.withLock { $0.append(line) } }
            do {
                let board = try Scoreboard(path: "\(folder.path)/board", count: slots)
                let supervisor = try Supervisor(make(folder), scoreboard: board, log: log) {
                    self.ready.store(true, ordering: .releasing)
                }
                _ = supervisor.run()
            } catch {
                log.error("\(error)")
            }
        }
        self.thread.withLock { $0 = thread }
        _ = eventually { self.ready.load(ordering: .acquiring) }
    }

    func stop() {
        thread.withLock { $0 }?.signal(SIGTERM)
        thread.withLock { $0 }?.join()
    }

    func logged(_ text: String) -> Bool { lines.withLock { $0.contains { $0.contains(text) } } }
    func pids(_ name: String) -> [Int32] {
        Files.names(in: folder.path).filter { $0.hasPrefix("\(name)-") }.compactMap {
            Int32($0.dropFirst(name.count + 1))
        }
    }
}

/// A shell that leaves a file with its pid and then does as told.
private func script(_ name: String, _ folder: TestFolder, _ text: String) -> Spawn {
    Spawn(
        executable: "/bin/sh",
        arguments: ["sh", "-c", "touch \(folder.path)/\(name)-$$; \(text)"],
        environment: ["PATH=/usr/bin:/bin"]
    )
}

@Suite struct SupervisorTests {
    @Test func whatDiesIsStartedAgain() throws {
        let supervised = Supervised { folder in
            [ChildSpecification(name: "a", spawn: script("a", folder, "sleep 60"), count: 2, stopSignal: SIGTERM)]
        }
        #expect(eventually { supervised.pids("a").count == 2 })
        let first = supervised.pids("a")
        kill(try #require(first.first), SIGKILL)
        #expect(eventually { supervised.pids("a").count == 3 })
        #expect(supervised.logged("signal 9"))
        let all = supervised.pids("a").map { ProcessIdentity(pid: $0) }
        supervised.stop()
        #expect(!all.contains { $0.isRunning })
    }

    @Test func whatDiesAtOnceIsNotStartedInABusyLoop() {
        let supervised = Supervised { folder in
            [ChildSpecification(name: "a", spawn: script("a", folder, "exit 1"), stopSignal: SIGTERM)]
        }
        usleep(500_000)
        let count = supervised.pids("a").count
        supervised.stop()
        #expect((2...40).contains(count))
    }

    @Test func theSecondPhaseWaitsForTheFirst() throws {
        let supervised = Supervised { folder in
            [
                ChildSpecification(
                    name: "front",
                    spawn: script(
                        "front",
                        folder,
                        "trap 'sleep 0.3; date +%s%N >\(folder.path)/t1; exit' TERM; while :; do sleep 0.05; done"
                    ),
                    stopSignal: SIGTERM
                ),
                ChildSpecification(
                    name: "back",
                    spawn: script(
                        "back",
                        folder,
                        "trap 'date +%s%N >\(folder.path)/t2; exit' TERM; while :; do sleep 0.05; done"
                    ),
                    stopSignal: SIGTERM,
                    stopPhase: .second
                ),
            ]
        }
        #expect(eventually { !supervised.pids("front").isEmpty && !supervised.pids("back").isEmpty })
        usleep(100_000)
        supervised.stop()
        let first = String(decoding: try Files.read("\(supervised.folder.path)/t1"), as: UTF8.self)
        let second = String(decoding: try Files.read("\(supervised.folder.path)/t2"), as: UTF8.self)
        #expect(first < second)
    }

    @Test(.timeLimit(.minutes(1))) func whatIgnoresTheSignalIsKilledWithinTenSeconds() {
        let supervised = Supervised { folder in
            [
                ChildSpecification(
                    name: "a",
                    spawn: script("a", folder, "trap '' TERM; while :; do sleep 1; done"),
                    stopSignal: SIGTERM
                )
            ]
        }
        #expect(eventually { !supervised.pids("a").isEmpty })
        usleep(100_000)
        let start = monotonicNanoseconds()
        supervised.stop()
        let seconds = Double(monotonicNanoseconds() - start) / 1e9
        #expect((7.5...10).contains(seconds))
    }

    @Test func aRequestThatTakesTooLongEndsItsWorker() throws {
        let supervised = Supervised { folder in
            [
                ChildSpecification(
                    name: "a",
                    spawn: script("a", folder, "sleep 60"),
                    stopSignal: SIGTERM,
                    scoreboardDescriptor: 4,
                    requestTimeout: 200
                )
            ]
        }
        #expect(eventually { supervised.pids("a").count == 1 })
        let raw = open("\(supervised.folder.path)/board", O_RDWR)
        let board = try Scoreboard(inherited: raw)
        let writer = try #require(board.writer(0))
        writer.idle()
        usleep(400_000)
        #expect(!supervised.logged("timed out"))
        writer.reading()
        writer.busy(method: "GET", path: "/slow", requestID: "r1")
        #expect(eventually { supervised.pids("a").count == 2 })
        supervised.stop()
        #expect(supervised.logged("timed out") && supervised.logged("path=/slow") && supervised.logged("request_id=r1"))
    }

    @Test func whatAKilledLeaderLeavesBehindEnds() throws {
        let supervised = Supervised { folder in
            [
                ChildSpecification(
                    name: "a",
                    spawn: script("a", folder, "(touch \(folder.path)/in-$(sh -c 'echo $PPID'); sleep 60) & wait"),
                    stopSignal: SIGTERM
                )
            ]
        }
        #expect(eventually { !supervised.pids("in").isEmpty })
        let inner = ProcessIdentity(pid: try #require(supervised.pids("in").first))
        #expect(inner.isRunning)
        kill(try #require(supervised.pids("a").first), SIGKILL)
        #expect(eventually { !inner.isRunning })
        supervised.stop()
    }
}
