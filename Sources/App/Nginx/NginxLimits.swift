/// How many requests one address may make, and how many bodies and streams it may have open.
///
/// A client with a token learns of the token's own limit first: the workers count those requests, by token and then by
/// address, and nginx only stops what is far beyond both.
extension NginxConfiguration {
    /// What one address may do, and what the answer beyond it says.
    struct AddressLimit {
        /// The value of `$bodega_case`.
        let name: String
        let code: String
        let detail: String
        /// RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers).
        let policy: String
        let left: String
        /// Seconds.
        let retryAfter: Int
    }

    /// Requests a second that may carry a token, as nginx counts them; nil where the workers count none.
    private var tokenCarriers: Int64? {
        guard settings.requestRate > 0, settings.tokenRate > 0 else { return nil }
        return 2 * max(settings.requestRate, Int64(settings.tokenRate))
    }

    var limits: String {
        var lines = ["limit_req_status 429;", "limit_conn_status 429;"]
        if let tokenCarriers {
            lines += [
                "map $http_authorization $bodega_bare_address {",
                "    default \"\";",
                "    \"\" $binary_remote_addr;",
                "}",
                "map $http_authorization $bodega_token_address {",
                "    default $binary_remote_addr;",
                "    \"\" \"\";",
                "}",
                "limit_req_zone $bodega_bare_address zone=requests:4m rate=\(settings.requestRate)r/s;",
                "limit_req_zone $bodega_token_address zone=tokens:4m rate=\(tokenCarriers)r/s;",
            ]
        } else if settings.requestRate > 0 {
            lines.append("limit_req_zone $binary_remote_addr zone=requests:4m rate=\(settings.requestRate)r/s;")
        }
        if settings.uploadConnections > 0 {
            lines += [
                "limit_conn_zone $binary_remote_addr zone=uploads:1m;",
                "limit_conn_zone $bodega_heavy_address zone=heavy_uploads:1m;",
                "limit_conn_zone $binary_remote_addr zone=bodies:1m;",
            ]
        }
        if settings.streamConnections > 0 { lines.append("limit_conn_zone $binary_remote_addr zone=streams:1m;") }
        return lines.joined(separator: "\n")
    }

    /// For every location that answers strangers.
    var rateLimit: [String] {
        var lines: [String] = []
        if settings.requestRate > 0 {
            lines.append("limit_req zone=requests burst=\(settings.requestRate * 2) nodelay;")
        }
        if let tokenCarriers { lines.append("limit_req zone=tokens burst=\(tokenCarriers * 2) nodelay;") }
        return lines
    }

    var uploadLimits: [String] {
        guard settings.uploadConnections > 0 else { return [] }
        return [
            "limit_conn uploads \(settings.uploadConnections);",
            "limit_conn heavy_uploads \(heavyConnections);",
        ]
    }

    var bodyLimits: [String] { settings.uploadConnections > 0 ? ["limit_conn bodies \(bodyConnections);"] : [] }

    var streamLimits: [String] {
        settings.streamConnections > 0 ? ["limit_conn streams \(settings.streamConnections);"] : []
    }

    /// Which limit refused a request: nginx says only whether one of requests or one of connections did.
    var limitMaps: String {
        let rows = addressLimits
        func map(_ variable: String, _ part: (AddressLimit) -> String) -> String {
            let lines = rows.map { "\"\($0.name)\" '\(part($0))';" }.joined(separator: "\n")
            return "map $bodega_case \(variable) {\n\(indented("default \"\";\n\(lines)", by: 1))\n}"
        }
        return """
            map "$bodega_code $bodega_ambiguous $limit_conn_status $bodega_location $bodega_heavy" $bodega_case {
                default $bodega_code;
                "~^400 1" ambiguous;
                "~^429 [^ ]* REJECTED events" streams;
                "~^429 [^ ]* REJECTED upload heavy" heavy_uploads;
                "~^429 [^ ]* REJECTED upload" uploads;
                "~^429 [^ ]* REJECTED" bodies;
            }
            \(map("$bodega_policy", \.policy))
            \(map("$bodega_left", \.left))
            """
    }

    /// Every answer that nginx makes beyond a limit. A request is possible again within the time that one takes, which
    /// is less than a second; when a connection ends is not known.
    var addressLimits: [AddressLimit] {
        [
            requestLimit,
            connectionLimit("streams", "too_many_streams", settings.streamConnections, "event streams"),
            connectionLimit("uploads", "too_many_uploads", settings.uploadConnections, "uploads"),
            connectionLimit("heavy_uploads", "too_many_uploads", heavyConnections, "large uploads"),
            connectionLimit("bodies", "too_many_bodies", bodyConnections, "large bodies"),
        ]
    }

    private var requestLimit: AddressLimit {
        AddressLimit(
            name: "429",
            code: "too_many_requests",
            detail: "More than \(settings.requestRate) requests a second from one address; wait and try again.",
            policy: "\"address\";q=\(settings.requestRate * 2);w=2",
            left: "\"address\";r=0;t=2",
            retryAfter: 1
        )
    }

    private func connectionLimit(_ name: String, _ code: String, _ most: Int, _ noun: String) -> AddressLimit {
        AddressLimit(
            name: name,
            code: code,
            detail: "More than \(most) \(noun) at a time from one address; wait until one has ended.",
            policy: "\"\(name)\";q=\(most);qu=\"concurrent-requests\"",
            left: "\"\(name)\";r=0",
            retryAfter: 5
        )
    }
}
