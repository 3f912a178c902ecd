/// What things are called when they are counted.
public struct Noun: Sendable, Equatable {
    /// `product`
    public var one: String
    /// `products`
    public var many: String

    public init(_ one: String, _ many: String) {
        self.one = one
        self.many = many
    }
}
