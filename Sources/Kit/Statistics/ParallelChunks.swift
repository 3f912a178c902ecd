import Glibc
import Synchronization

/// Splits work over positions into chunks whose borders depend on the number of positions alone, runs the chunks on
/// one or more threads and returns the parts in the order of the chunks. A sum of parts therefore has the same bytes
/// on 1, 2 and 4 threads: floating-point addition is not associative, so its order is what has to be fixed.
public struct ParallelChunks: Sendable, Equatable {
    /// How many threads work at once, the calling one included; at least 1.
    public var threads: Int

    /// - Parameter threads: 1 computes on the calling thread alone.
    public init(threads: Int = 1) { self.threads = max(1, threads) }

    /// Everything on the calling thread.
    public static let serial = ParallelChunks(threads: 1)

    /// The parts of `0..<count`, first chunk first.
    /// - Parameters:
    ///   - size: positions a chunk; part of the result where parts are sums, so a constant of the algorithm.
    ///   - body: a pure function of the chunk. It may run on any thread.
    public func map<Part: Sendable>(
        _ count: Int,
        size: Int,
        _ body: @escaping @Sendable (Range<Int>) -> Part
    ) -> [Part] {
        guard count > 0, size > 0 else { return [] }
        let chunks = (count - 1) / size + 1
        let range = { @Sendable (chunk: Int) in chunk * size..<min(count, (chunk + 1) * size) }
        guard threads > 1, chunks > 1 else { return (0..<chunks).map { body(range($0)) } }
        let run = ChunkRun(chunks: chunks) { body(range($0)) }
        let others = (1..<min(threads, chunks)).compactMap { _ in run.startThread() }
        run.work()
        for thread in others { pthread_join(thread, nil) }
        return run.parts()
    }
}

/// The chunks of one call, taken one after another by whichever thread is free.
private final class ChunkRun<Part: Sendable>: Sendable {
    private let chunks: Int
    private let body: @Sendable (Int) -> Part
    private let next = Atomic<Int>(0)
    private let finished: Mutex<[(chunk: Int, part: Part)]>

    init(chunks: Int, body: @escaping @Sendable (Int) -> Part) {
        self.chunks = chunks
        self.body = body
        finished = Mutex([])
    }

    func work() {
        while true {
            let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard chunk < chunks else { return }
            let part = body(chunk)
            finished.withLock { $0.append((chunk, part)) }
        }
    }

    /// Nil when the system gives no thread: the others then do its share.
    func startThread() -> pthread_t? {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Task { self.work() })
        let failure = pthread_create(
            &thread,
            nil,
            { raw in
                if let raw { Unmanaged<Task>.fromOpaque(raw).takeRetainedValue().body() }
                return nil
            },
            box.toOpaque()
        )
        guard failure == 0 else {
            box.release()
            return nil
        }
        return thread
    }

    func parts() -> [Part] {
        finished.withLock { $0 }.sorted { $0.chunk < $1.chunk }.map(\.part)
    }
}

private final class Task: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
