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

    /// The path with these values in place of the `{names}`, each percent-encoded whole, so `a/b` stays one segment.
    ///
    /// - Precondition: a value is given for every parameter of the pattern: the pattern and the names are both written
    ///   in the program, so a missing one shows at the first use.
    ///
    /// A value `.` or `..` gives a path that cannot be asked for: clients take dot segments away, also encoded ones.
    public func link(_ parameters: KeyValuePairs<String, String> = [:]) -> String {
        let parts = segments.map { segment in
            switch segment {
            case .literal(let text): return text
            case .any(let name), .int(let name):
                guard let value = parameters.first(where: { $0.key == name })?.value else {
                    preconditionFailure("\(self) needs a value for '\(name)'")
                }
                return value.percentEncoded
            }
        }
        return "/\(parts.joined(separator: "/"))"
    }
}
