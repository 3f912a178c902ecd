public import Support

/// Lets tests number the events of an invented log.
extension EventCursor: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) {
        self.init("\(value)", order: value)
    }
}
