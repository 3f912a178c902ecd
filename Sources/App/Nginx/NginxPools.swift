import Web

/// Which pool answers a request: one map over method and path, and one rewrite to the location of that pool.
extension NginxConfiguration {
    /// The first regular expression that matches wins, so the special ones stand before the general.
    var poolMap: String {
        let special = rules.filter { $0.pool != .web }.map { rule in
            "\"~^\(methods(rule.method)) \(expression(rule.path))$\" \(rule.pool.rawValue);"
        }
        // Compressed are pages and lists. An address with a parameter below /api is a record with an ETag.
        let lists = rules.filter { $0.pool == .web && $0.method == .get && $0.isList && !$0.keepsTag }.map { rule in
            "\"~^\(methods(.get)) \(expression(rule.path))$\" text;"
        }
        let pages = "\"~^\(methods(.get)) /(?!(api|metrics|health)(/|$))\" text;"
        let secret = ["web", "slow"].map { pool in
            let methods = pool == "web" ? methods(.get) : "[A-Z]+"
            return "\"~*^\(methods) \(secretPathPrefix)\" secret_\(pool);"
        }
        let lines = (secret + special + lists + [pages]).joined(separator: "\n")
        return """
            map "$request_method $uri" $bodega_pool {
            \(indented("default web;\n\(lines)", by: 1))
            }
            # Content-Length over the limit of the pool; chunked bodies are counted by the pool's location.
            map "$bodega_pool $content_length" $bodega_too_large {
                default "";
                "~^(web|text|events|secret_web) \(decimals(above: settings.bodyLimit))$" 1;
                "~^(slow|secret_slow) \(decimals(above: settings.slowBodyLimit))$" 1;
                "~^upload \(decimals(above: settings.uploadLimit))$" 1;
            }
            """
    }

    private func methods(_ method: Method) -> String { method == .get ? "(GET|HEAD)" : method.rawValue }

    /// The path as nginx sees it, which is decoded: a last segment may therefore hold slashes.
    private func expression(_ path: PathPattern) -> String {
        let last = path.segments.count - 1
        return path.segments.enumerated().map { index, segment in
            switch segment {
            case .literal(let text): "/\(escaped(text))"
            case .int: "/[0-9]+"
            case .any: index == last ? "/.+" : "/[^/]+"
            }
        }.joined()
    }

    private func escaped(_ text: String) -> String {
        text.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? String($0) : "\\\($0)" }.joined()
    }

    /// A regular expression for every decimal number above the limit, leading zeros allowed.
    func decimals(above limit: Int) -> String {
        let digits = String(limit).map(String.init)
        var alternatives = ["[0-9]{\(digits.count + 1),}"]
        for (index, digit) in digits.enumerated() where digit != "9" {
            let next = (Int(digit) ?? 0) + 1
            let rest = digits.count - index - 1
            alternatives.append("\(digits[..<index].joined())[\(next)-9]\(rest > 0 ? "[0-9]{\(rest)}" : "")")
        }
        return "0*(\(alternatives.joined(separator: "|")))"
    }

    /// The locations to which requests are rewritten. A rewrite makes them internal, so no client reaches one directly.
    var poolLocations: String {
        [dispatch, web, page, slow, secret, upload, authorize, events].joined(separator: "\n\n")
    }

    private var dispatch: String {
        """
        location / {
            # The pool's own limit is looked at in the map: it would not be after a rewrite.
            client_max_body_size 0;
            if ($bodega_too_large) { return 413; }
            rewrite ^ /-/$bodega_pool last;
        }
        """
    }

    private func pool(_ name: String, upstream: String, _ lines: [String]) -> String {
        """
        location = /-/\(name) {
            internal;
        \(indented((rateLimit + lines).joined(separator: "\n"), by: 1))
            include fastcgi.conf;
            fastcgi_pass bodega_\(upstream);
        }
        """
    }

    private var rateLimit: [String] {
        settings.requestRate > 0 ? ["limit_req zone=requests burst=\(settings.requestRate * 2) nodelay;"] : []
    }

    private var web: String { pool("web", upstream: "web", webLines) }

    private var page: String { pool("text", upstream: "web", ["gzip on;"] + webLines) }

    private var slow: String { pool("slow", upstream: "slow", slowLines) }

    private var webLines: [String] {
        [
            "client_max_body_size \(settings.bodyLimit);",
            "fastcgi_read_timeout \(settings.webTimeout + 10)s;",
            "fastcgi_param CONTENT_LENGTH $content_length;",
        ]
    }

    private var slowLines: [String] {
        [
            "client_max_body_size \(settings.slowBodyLimit);",
            // An export for a slow client waits in a file, so that the worker is free, but never a whole catalogue.
            "fastcgi_max_temp_file_size 64m;",
            "fastcgi_read_timeout \(settings.slowTimeout + 10)s;",
            "fastcgi_param CONTENT_LENGTH $content_length;",
        ]
    }

    /// What belongs to an address with a secret in it: nginx writes whole addresses to its error log, which no setting
    /// changes, so it writes nothing. The worker's own lines say what went wrong.
    private var secret: String {
        let quiet = "error_log /dev/null crit;"
        return [
            pool("secret_web", upstream: "web", [quiet] + webLines),
            pool("secret_slow", upstream: "slow", [quiet] + slowLines),
        ].joined(separator: "\n\n")
    }

    /// nginx asks first, then writes the body to a file, and hands over the file's name. The worker claims the file by
    /// renaming it; what is left is removed with the request.
    private var upload: String {
        let limit = settings.uploadConnections > 0 ? ["limit_conn uploads \(settings.uploadConnections);"] : []
        return pool(
            "upload",
            upstream: "slow",
            limit + [
                "auth_request /-/auth;",
                "auth_request_set $bodega_refusal $upstream_http_x_bodega_code;",
                "auth_request_set $bodega_reason $upstream_http_x_bodega_detail;",
                "client_max_body_size \(settings.uploadLimit);",
                "client_body_in_file_only clean;",
                "fastcgi_pass_request_body off;",
                "fastcgi_read_timeout \(settings.slowTimeout + 10)s;",
                "fastcgi_param BODY_FILE $request_body_file;",
                "fastcgi_param CONTENT_LENGTH \"\";",
            ]
        )
    }

    private var authorize: String {
        """
        location = /-/auth {
            internal;
            # Any limit here would turn a large upload into 500.
            client_max_body_size 0;
            fastcgi_pass_request_body off;
            fastcgi_read_timeout \(settings.webTimeout + 10)s;
            fastcgi_param BODEGA_ROLE authorize;
            fastcgi_param CONTENT_LENGTH "";
            include fastcgi.conf;
            fastcgi_pass bodega_web;
        }
        """
    }

    private var events: String {
        let limit = settings.streamConnections > 0 ? ["limit_conn streams \(settings.streamConnections);"] : []
        return pool(
            "events",
            upstream: "events",
            limit + [
                "client_max_body_size 1k;",
                "fastcgi_buffering off;",
                "fastcgi_read_timeout 1h;",
                "fastcgi_pass_request_body off;",
                "fastcgi_param CONTENT_LENGTH \"\";",
            ]
        )
    }
}

extension PoolRule {
    /// An address of the API without a parameter: it answers with a list or a document, not with a record.
    fileprivate var isList: Bool {
        path.segments.first == .literal("api")
            && path.segments.allSatisfy { if case .literal = $0 { true } else { false } }
    }
}
