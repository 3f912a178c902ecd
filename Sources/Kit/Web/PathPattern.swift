import Support

/// `/api/products/{id:int}`: literal segments, `{name}` for any one segment, `{name:int}` for decimal digits only.
public struct PathPattern: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    public enum Segment: Sendable, Hashable {
        case literal(String)
        case any(String)
        case int(String)
    }

    public let segments: [Segment]
    public let description: String

    public init(stringLiteral value: String) {
        description = value
        segments = value.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix(":int") ? .int(String(name.dropLast(4))) : .any(String(name))
        }
    }

    private init(segments: [Segment]) {
        self.segments = segments
        let parts = segments.map { segment in
            switch segment {
            case .literal(let text): text.percentEncoded
            case .any(let name): "{\(name)}"
            case .int(let name): "{\(name):int}"
            }
        }
        description = "/\(parts.joined(separator: "/"))"
    }

    /// The path with these values in the place of the `{names}`, in their order: what a link leads to. Each is
    /// percent-encoded whole, so `a/b` stays one segment.
    ///
    /// - Precondition: there is a value for each name: both are written in the program, so one that is missing shows at
    ///   the first use.
    ///
    /// A value `.` or `..` gives a path that cannot be asked for: clients take dot segments away, also encoded ones.
    public func callAsFunction(_ values: any CustomStringConvertible...) -> PathPattern {
        var left = values[...]
        let filled = segments.map { segment in
            if case .literal = segment { return segment }
            guard let value = left.popFirst() else { preconditionFailure("\(self) needs \(values.count + 1) values") }
            return .literal(value.description)
        }
        precondition(left.isEmpty, "\(self) takes fewer than \(values.count) values")
        return PathPattern(segments: filled)
    }
}
