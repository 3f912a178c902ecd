import Support

/// Finds the route for a method and a path. Built once from every feature's list, checked, and never changed.
///
/// The routes stand in a trie over path segments. At each segment a literal is tried first, then `{name:int}`, then
/// `{name}`, going back when the rest does not fit; the first route that fits whole and has the method wins. A trailing
/// slash makes another path. Each node is looked at once at most, so a request costs no more than its routes' nodes.
public struct Router<Context>: Sendable {
    /// What became of a request's method and path.
    public enum Match: Sendable {
        case found(Route<Context>, PathParameters)
        /// No route has that path.
        case notFound
        /// Routes have that path, with these methods only. OPTIONS without a route of its own comes here too.
        case methodNotAllowed([Method])
    }

    /// Every route, in the order given.
    public let routes: [Route<Context>]
    private let nodes: [RouteNode]

    /// Throws when a pattern is malformed or when two routes have the same method and equivalent patterns.
    public init(_ routes: [Route<Context>]) throws(RouterError) {
        var nodes = [RouteNode()]
        for (index, route) in routes.enumerated() {
            try Self.validate(route)
            var node = 0
            for segment in route.path.segments { node = Self.child(of: node, for: segment, in: &nodes) }
            if let other = nodes[node].routes[route.method] {
                throw RouterError("\(Self.name(routes[other])) and \(Self.name(route)) answer the same requests.")
            }
            nodes[node].routes[route.method] = index
        }
        self.routes = routes
        self.nodes = nodes
    }

    /// The route for a method and decoded path segments. HEAD is answered by GET's route unless it has its own.
    public func match(_ method: Method, _ segments: [String]) -> Match {
        var search = RouteSearch(method: method, segments: segments)
        if let index = search.visit(0, in: nodes) ?? search.fallback { return found(index, segments) }
        return search.allowed.isEmpty ? .notFound : .methodNotAllowed(search.allowedInOrder)
    }

    private func found(_ index: Int, _ segments: [String]) -> Match {
        var parameters = PathParameters()
        for (segment, value) in zip(routes[index].path.segments, segments) {
            switch segment {
            case .literal: continue
            case .any(let name), .int(let name): parameters.append(name, value)
            }
        }
        return .found(routes[index], parameters)
    }

    private static func name(_ route: Route<Context>) -> String { "\(route.method.rawValue) \(route.path)" }

    private static func validate(_ route: Route<Context>) throws(RouterError) {
        guard route.path.description.hasPrefix("/") else {
            throw RouterError("\(name(route)): a path begins with '/'.")
        }
        var names: Set<String> = []
        for segment in route.path.segments {
            switch segment {
            case .literal(let text):
                guard text.percentEncoded == text, text != ".", text != ".." else {
                    throw RouterError("\(name(route)): '\(text)' is not a plain segment.")
                }
            case .any(let parameter), .int(let parameter):
                guard !parameter.isEmpty, parameter.percentEncoded == parameter else {
                    throw RouterError("\(name(route)): '\(parameter)' is not a name for a parameter.")
                }
                guard names.insert(parameter).inserted else {
                    throw RouterError("\(name(route)): the parameter '\(parameter)' stands twice.")
                }
            }
        }
    }

    private static func child(of node: Int, for segment: PathPattern.Segment, in nodes: inout [RouteNode]) -> Int {
        let known =
            switch segment {
            case .literal(let text): nodes[node].literals[text]
            case .int: nodes[node].int
            case .any: nodes[node].any
            }
        if let known { return known }
        nodes.append(RouteNode())
        let new = nodes.count - 1
        switch segment {
        case .literal(let text): nodes[node].literals[text] = new
        case .int: nodes[node].int = new
        case .any: nodes[node].any = new
        }
        return new
    }
}

/// Why a list of routes cannot be served; names the routes.
public struct RouterError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// One place in the trie: what may follow, by index, and the routes that end here.
private struct RouteNode: Sendable {
    var literals: [String: Int] = [:]
    var int: Int?
    var any: Int?
    var routes: [Method: Int] = [:]
}

private struct RouteSearch {
    let method: Method
    let segments: [String]
    /// GET's route for a HEAD that has found no route of its own yet.
    var fallback: Int?
    var allowed: Set<Method> = []

    init(method: Method, segments: [String]) {
        self.method = method
        self.segments = segments
    }

    /// The methods with HEAD beside GET and OPTIONS, in a fixed order.
    var allowedInOrder: [Method] {
        Method.allCases.filter {
            allowed.contains($0) || $0 == .options || ($0 == .head && allowed.contains(.get))
        }
    }

    mutating func visit(_ node: Int, at depth: Int = 0, in nodes: [RouteNode]) -> Int? {
        guard depth < segments.count else {
            let routes = nodes[node].routes
            if let route = routes[method] { return route }
            allowed.formUnion(routes.keys)
            if method == .head, fallback == nil { fallback = routes[.get] }
            return nil
        }
        let segment = segments[depth]
        if let next = nodes[node].literals[segment], let route = visit(next, at: depth + 1, in: nodes) { return route }
        if let next = nodes[node].int, isCanonicalInt(segment), let route = visit(next, at: depth + 1, in: nodes) {
            return route
        }
        if let next = nodes[node].any, !segment.isEmpty { return visit(next, at: depth + 1, in: nodes) }
        return nil
    }
}

/// Whether the text is a number in the one way to write it: decimal digits without leading zeros, up to Int64.max.
func isCanonicalInt(_ text: String) -> Bool {
    let digits = text.utf8
    guard !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return false }
    return (digits.first != 0x30 || digits.count == 1) && Int64(text) != nil
}
