import Glibc
import Support

/// A thread that runs one closure, so that a test can run an accept loop or a supervisor beside itself. What it starts
/// with a parent-death signal ends with it.
public final class TestThread: Sendable {
    private let handle: UInt

    /// Starts at once.
    public init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        pthread_create(
            &thread,
            nil,
            { raw in
                if let raw { Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body() }
                return nil
            },
            box.toOpaque()
        )
        handle = thread
    }

    /// Waits for its end.
    public func join() { pthread_join(handle, nil) }

    /// Sends a signal to this thread alone; it must have blocked it.
    public func signal(_ number: Int32) { pthread_kill(handle, number) }

    private final class Box {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

/// A new folder under the temporary one, short enough for socket paths; removed with the value.
public final class TestFolder: Sendable {
    public let path: String

    public init() {
        var template = Array("\(temporaryFolder)/bodega-test-XXXXXX".utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) } ?? temporaryFolder
    }

    deinit {
        if path != temporaryFolder { Self.removeTree(path) }
    }

    private static func removeTree(_ path: String) {
        if remove(path) == 0 { return }
        for name in Files.names(in: path) { removeTree("\(path)/\(name)") }
        remove(path)
    }
}

/// Waits until the condition holds, at most so long; says whether it did.
public func eventually(seconds: Double = 30, _ condition: () -> Bool) -> Bool {
    for _ in 0..<Int(seconds * 100) {
        if condition() { return true }
        usleep(10_000)
    }
    return condition()
}
