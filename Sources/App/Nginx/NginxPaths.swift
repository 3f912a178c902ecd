import Web

/// One path, decided once. nginx reads a path decoded and shortened (`/a/..%2Fb` is `/b`), the application reads it
/// segment by segment as it was sent. Where the two readings name different addresses a request is refused before
/// anything is chosen by either, and the application gets the path by which nginx has chosen, to compare it.
extension NginxConfiguration {
    /// `$bodega_route` is the path by which everything is chosen: decoded, but as it was sent where a slash is encoded,
    /// which then stays inside its segment.
    var pathMaps: String {
        """
        # 1 for a path that nginx and the application would read differently.
        map $request_uri $bodega_ambiguous {
            default "";
            "~^[^?]*#" 1;
            "~^[^?]*//" 1;
            "~*\(Self.dotSegment)" 1;
            \(slashTakers.map { "\"~\($0)\" \"\";" }.joined(separator: "\n    "))
            "~*^[^?]*%2f" 1;
        }
        map "$bodega_ambiguous $uri" $bodega_refused {
            # Asked again, with another path, where the answer to a refusal is made.
            volatile;
            default "";
            "~^1 /(?!-/)" 1;
        }
        map $request_uri $bodega_route {
            default $uri;
            "~*^(?<bodega_sent>[^?]*%2f[^?]*)" $bodega_sent;
        }
        """
    }

    /// `.` or `..` between slashes, each as itself or by its number.
    static let dotSegment = "^[^?]*(/|%2f)(\\.|%2e){1,2}(/|%2f|[?]|$)"

    /// Addresses that end with a parameter, in which an encoded slash is part of the value. Everything before it must
    /// stand there as it is.
    private var slashTakers: [String] {
        let takers = rules.compactMap { rule -> String? in
            guard case .any? = rule.path.segments.last else { return nil }
            return "^\(expression(rule.path, parameter: "[^/%?]+", last: "[^/?]+"))([?]|$)"
        }
        return Set(takers).sorted()
    }

    /// Matches `$bodega_route` of a path.
    func expression(_ path: PathPattern, parameter: String = "[^/]+", last: String = "[^/]+") -> String {
        let end = path.segments.count - 1
        return path.segments.enumerated().map { index, segment in
            switch segment {
            case .literal(let text): "/\(escaped(text))"
            case .int: "/[0-9]+"
            case .any: "/\(index == end ? last : parameter)"
            }
        }.joined()
    }

    private func escaped(_ text: String) -> String {
        text.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? String($0) : "\\\($0)" }.joined()
    }

    /// One line of a map over method and path. `\z`, because `$` would also stand before a last line feed.
    func routeLine(_ rule: PoolRule, _ value: String) -> String {
        "\"~^\(methods(rule.method)) \(expression(rule.path))\\z\" \(value);"
    }

    func methods(_ method: Method) -> String { method == .get ? "(GET|HEAD)" : method.rawValue }
}
