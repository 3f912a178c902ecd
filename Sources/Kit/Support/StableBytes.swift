/// Bytes whose address stays: values point to them.
public final class StableBytes {
    private var memory: UnsafeMutableBufferPointer<UInt8>

    public init(capacity: Int) {
        memory = .allocate(capacity: capacity)
    }

    /// With a copy of a text in it.
    public init(_ text: String) {
        memory = .allocate(capacity: text.utf8.count)
        _ = memory.initialize(from: text.utf8)
    }

    deinit {
        memory.deallocate()
    }

    public var all: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(memory) }

    /// The same bytes at an address that stays until the next call.
    public func keep(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        if bytes.count > memory.count {
            memory.deallocate()
            memory = .allocate(capacity: bytes.count)
        }
        _ = memory.update(from: bytes)
        return UnsafeBufferPointer(rebasing: memory[..<bytes.count])
    }

    public func keep(_ text: String) -> UnsafeBufferPointer<UInt8> {
        var text = text
        return text.withUTF8 { keep($0) }
    }
}

/// Room for bytes that values point to, made anew only where more is needed than ever before.
public final class StableRoom {
    private var memory = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)

    public init() {}

    deinit {
        memory.deallocate()
    }

    /// Room for `count` bytes; what was there before is lost.
    public func room(_ count: Int) -> UnsafeMutableBufferPointer<UInt8> {
        if memory.count < count {
            memory.deallocate()
            memory = .allocate(capacity: max(256, count))
        }
        return memory
    }
}
