import Web

/// Which pool answers a request: one map over method and path, and one rewrite to the location of that pool.
extension NginxConfiguration {
    /// The first regular expression that matches wins, so the special ones stand before the general.
    var poolMap: String {
        let special = rules.filter { $0.pool != .web }.map { routeLine($0, $0.pool.rawValue) }
        // Compressed are pages and lists. An address with a parameter below /api is a record with an ETag.
        let lists = rules.filter { $0.pool == .web && $0.method == .get && $0.isList && !$0.keepsTag }
            .map { routeLine($0, "text") }
        let pages = "\"~^\(methods(.get)) /(?!(\(Request.apiSegments.joined(separator: "|")))(/|\\z))\" text;"
        let lines = (special + lists + [pages]).joined(separator: "\n")
        return """
            map "$request_method $bodega_route" $bodega_pool {
            \(indented("default web;\n\(lines)", by: 1))
            }
            """
    }

    /// The locations to which requests are rewritten. A rewrite makes them internal, so no client reaches one directly.
    var poolLocations: String {
        [dispatch, web, page, login, slow, upload, authorize, export, events].joined(separator: "\n\n")
    }

    private var dispatch: String {
        """
        location / {
            # The location's own limit is looked at in the map: it would not be after a rewrite.
            client_max_body_size 0;
            if ($bodega_too_large) { return 413; }
            rewrite ^ /-/$bodega_quiet$bodega_location last;
        }
        """
    }

    /// The location of a pool and its quiet twin, to which addresses with a secret in them go.
    /// - Parameters:
    ///   - limit: of a body, in bytes. More than everybody may send needs a question before it, see `asking`.
    ///   - isText: compressed, but not where a secret stands in the address: the length would tell of it.
    private func pool(
        _ name: String,
        upstream: String,
        limit: Int = Request.openBodyLimit,
        isText: Bool = false,
        _ lines: [String]
    ) -> String {
        let plain = isText ? ["gzip on;"] : []
        return [(name, plain), ("\(Self.quietPrefix)\(name)", [quiet])].map { name, own in
            """
            location = /-/\(name) {
                internal;
                client_max_body_size \(limit);
            \(indented((own + rateLimit + lines).joined(separator: "\n"), by: 1))
                include fastcgi.conf;
                fastcgi_pass bodega_\(upstream);
            }
            """
        }.joined(separator: "\n\n")
    }

    private var web: String {
        [
            pool("web", upstream: "web", limit: unaskedWebLimit, webLines),
            pool("web_large", upstream: "web", limit: settings.bodyLimit, bodyLimits + asking + webLines),
        ].joined(separator: "\n\n")
    }

    private var page: String { pool("text", upstream: "web", limit: unaskedWebLimit, isText: true, webLines) }

    private var login: String { pool("login", upstream: "login", webLines) }

    private var slow: String {
        [
            pool("slow", upstream: "slow", slowLines),
            pool("slow_large", upstream: "slow", limit: settings.slowBodyLimit, bodyLimits + asking + slowLines),
        ].joined(separator: "\n\n")
    }

    private var webLines: [String] {
        [
            "fastcgi_read_timeout \(settings.webTimeout + 10)s;",
            "fastcgi_param CONTENT_LENGTH $content_length;",
        ]
    }

    private var slowLines: [String] {
        [
            // A long answer for a slow client waits in a file, so that the worker is free.
            "fastcgi_max_temp_file_size 64m;",
            "fastcgi_read_timeout \(settings.slowTimeout + 10)s;",
            "fastcgi_param CONTENT_LENGTH $content_length;",
        ]
    }

    /// nginx asks first, then writes the body to a file, and hands over the file's name. The worker claims the file by
    /// renaming it; what is left is removed with the request.
    private var upload: String {
        pool(
            "upload",
            upstream: "upload",
            limit: settings.uploadLimit,
            uploadLimits + asking + [
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

    /// Nothing of a download waits in a file: the process that sends it waits for each of its readers, and drops one
    /// that takes nothing. It does so first, because only it can tell the log who that was.
    private var export: String {
        pool(
            "export",
            upstream: "export",
            limit: 1024,
            [
                "fastcgi_max_temp_file_size 0;",
                "fastcgi_read_timeout \(settings.slowTimeout + 10)s;",
                "fastcgi_pass_request_body off;",
                "fastcgi_param CONTENT_LENGTH \"\";",
                "send_timeout \(settings.downloadTimeout + 15)s;",
            ]
        )
    }

    private var events: String {
        pool(
            "events",
            upstream: "events",
            limit: 1024,
            streamLimits + [
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
