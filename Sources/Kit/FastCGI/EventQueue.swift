import Web

/// What a streamer has still to hand out, in order. A crowd is served a few at a time; and where an event only tells
/// the newest state of a thing, one that no client has got yet gives way to the next.
struct EventQueue {
    /// One event on its way.
    struct Item {
        /// Nil for all clients.
        let topic: String?
        /// What the event tells the newest state of; nil when every event counts.
        let subject: String?
        let frame: EventFrame?
        let content: FramedOnce
        /// Who has still to get it, once it is being handed out.
        fileprivate var left: [UInt64]?
    }

    private var items: [Item] = []

    var isEmpty: Bool { items.isEmpty }

    mutating func add(_ event: EventSource.Event) {
        if event.subject != nil {
            items.removeAll { $0.left == nil && $0.subject == event.subject && $0.topic == event.topic }
        }
        let content = FramedOnce(event.frame.bytes())
        items.append(Item(topic: event.topic, subject: event.subject, frame: event.frame, content: content))
    }

    /// A frame without an id for all clients.
    mutating func addForAll(_ content: [UInt8]) {
        items.append(Item(topic: nil, subject: nil, frame: nil, content: FramedOnce(content)))
    }

    /// The first item with the next of its recipients, at most `limit`; nil when nothing waits.
    /// - Parameter listeners: who gets an item that is begun now.
    mutating func next(
        _ limit: Int,
        listeners: (Item) -> [UInt64]
    ) -> (item: Item, recipients: ArraySlice<UInt64>)? {
        guard let item = items.first else { return nil }
        var left = item.left ?? listeners(item)
        let recipients = left.suffix(limit)
        left.removeLast(recipients.count)
        if left.isEmpty {
            items.removeFirst()
        } else {
            items[0].left = left
        }
        return (item, recipients)
    }
}

/// One event's record. nginx always uses request id 1, so it is framed once for all.
struct FramedOnce {
    private let content: [UInt8]
    private let common: [UInt8]

    init(_ content: [UInt8]) {
        self.content = content
        var framed: [UInt8] = []
        Records.appendOutput(content, requestID: 1, to: &framed)
        common = framed
    }

    func bytes(requestID: UInt16) -> [UInt8] {
        guard requestID != 1 else { return common }
        var framed: [UInt8] = []
        Records.appendOutput(content, requestID: requestID, to: &framed)
        return framed
    }
}
