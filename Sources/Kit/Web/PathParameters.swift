/// The values that a request's path gave for a pattern's `{names}`, percent-decoded.
public struct PathParameters: Sendable, Equatable {
    private var values: [(name: String, value: String)] = []

    public init() {}

    mutating func append(_ name: String, _ value: String) {
        values.append((name, value))
    }

    public static func == (left: PathParameters, right: PathParameters) -> Bool {
        left.values.elementsEqual(right.values) { $0 == $1 }
    }

    /// The value of that name; nil when the route's pattern has no such parameter.
    public subscript(name: String) -> String? {
        values.first { $0.name == name }?.value
    }

    /// The value of a `{name}`. Throws 500 when the route's pattern has no such parameter: a fault of the program.
    public func string(_ name: String) throws(WebError) -> String {
        guard let value = self[name] else { throw missing(name) }
        return value
    }

    /// The value of a `{name:int}`. Throws 500 when the route's pattern has no such parameter: a fault of the program.
    public func int(_ name: String) throws(WebError) -> Int64 {
        guard let text = self[name], let value = Int64(text) else { throw missing(name) }
        return value
    }

    private func missing(_ name: String) -> WebError {
        .internalError(cause: "the route's path has no parameter '\(name)' of that kind")
    }
}
