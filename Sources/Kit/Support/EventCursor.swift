/// A place in a log of events: how far a client has heard of them. It goes to the client as a text and comes back with
/// it. Only the log knows what stands in it; code that passes events on compares cursors and prints them, no more.
public struct EventCursor: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// As a client gets it: visible ASCII.
    public let description: String
    private let order: Int64

    /// For the log: an event with a greater order was told later.
    public init(_ description: String, order: Int64) {
        self.description = description
        self.order = order
    }

    public static func < (left: EventCursor, right: EventCursor) -> Bool { left.order < right.order }
}
