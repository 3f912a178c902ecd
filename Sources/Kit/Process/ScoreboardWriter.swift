import Glibc
import Support
import Synchronization

/// The pen of the one process that has a slot of the scoreboard.
public final class ScoreboardWriter {
    private let board: Scoreboard
    private let address: UnsafeMutableRawPointer

    init(board: Scoreboard, address: UnsafeMutableRawPointer) {
        self.board = board
        self.address = address
    }

    /// Gives the slot to a process that is about to start; pid 0 until it is known.
    public func claim() {
        update { address in
            set(.starting)
            address.storeBytes(of: 0, toByteOffset: SlotLayout.requests, as: UInt64.self)
            address.storeBytes(of: 0, toByteOffset: SlotLayout.pid, as: Int32.self)
            clearTexts()
        }
    }

    /// Nobody has the slot any more.
    public func release() {
        update { _ in
            set(.free)
            clearTexts()
        }
    }

    /// The calling process waits for a request.
    public func idle() {
        update { address in
            set(.idle)
            address.storeBytes(of: getpid(), toByteOffset: SlotLayout.pid, as: Int32.self)
            clearTexts()
        }
    }

    /// A request arrives.
    public func reading() {
        update { _ in set(.reading) }
    }

    /// A request is being answered; counts it. The time goes on from `reading()`.
    public func busy(method: String, path: String, requestID: String) {
        update { address in
            address.storeBytes(of: Scoreboard.State.busy.rawValue, toByteOffset: SlotLayout.state, as: UInt8.self)
            let count = address.load(fromByteOffset: SlotLayout.requests, as: UInt64.self)
            address.storeBytes(of: count &+ 1, toByteOffset: SlotLayout.requests, as: UInt64.self)
            SlotLayout.method.write(method, address)
            SlotLayout.path.write(path, address)
            SlotLayout.requestID.write(requestID, address)
        }
    }

    /// The process goes on with a request that was counted before.
    public func resume(method: String, path: String, requestID: String) {
        update { address in
            set(.busy)
            SlotLayout.method.write(method, address)
            SlotLayout.path.write(path, address)
            SlotLayout.requestID.write(requestID, address)
        }
    }

    private func set(_ state: Scoreboard.State) {
        address.storeBytes(of: state.rawValue, toByteOffset: SlotLayout.state, as: UInt8.self)
        address.storeBytes(of: monotonicNanoseconds(), toByteOffset: SlotLayout.since, as: UInt64.self)
    }

    private func clearTexts() {
        for field in [SlotLayout.method, SlotLayout.path, SlotLayout.requestID] {
            address.storeBytes(of: 0, toByteOffset: field.offset, as: UInt16.self)
        }
    }

    /// An odd serial tells readers that the slot is being written. A writer that was killed half-way leaves it odd, so
    /// the next one starts from an even number again.
    private func update(_ change: (UnsafeMutableRawPointer) -> Void) {
        let serial = (address + SlotLayout.serial).assumingMemoryBound(to: Atomic<UInt64>.self)
        let before = serial.pointee.load(ordering: .relaxed) & ~1
        serial.pointee.store(before &+ 1, ordering: .relaxed)
        atomicMemoryFence(ordering: .releasing)
        change(address)
        serial.pointee.store(before &+ 2, ordering: .releasing)
    }
}
