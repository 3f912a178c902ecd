/// Bytes with an address for the life of the process.
public struct StaticText {
    public let bytes: UnsafeBufferPointer<UInt8>

    public init(_ text: StaticString) {
        bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}
