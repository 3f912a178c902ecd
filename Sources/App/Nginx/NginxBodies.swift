import Web

/// Which bodies are read, and where they lie. Without a login a body has at most 64 KiB, which nginx keeps in memory. A
/// larger body goes to a location of its own that asks the application first (`auth_request`, before the body is read)
/// and keeps it in a file below `spool/incoming`, whose sum is bounded (`--spool-limit`, see `IncomingBodies`).
extension NginxConfiguration {
    /// What a location of the pool for short requests takes without a question, in bytes.
    var unaskedWebLimit: Int { min(settings.bodyLimit, Request.openBodyLimit) }

    /// Locations for bodies that are asked about, by name, with their limit in bytes.
    private var askedLocations: [(name: String, limit: Int)] {
        [("web_large", settings.bodyLimit), ("slow_large", settings.slowBodyLimit), ("upload", settings.uploadLimit)]
    }

    /// Bytes beyond which an upload counts as a large one: as many small ones as one address may send at a time make
    /// half of its share.
    private var heavyLimit: Int { settings.uploadShare / 2 / max(1, settings.uploadConnections) }

    /// How many large uploads make the other half.
    var heavyConnections: Int { min(Self.mostConnections, max(1, settings.uploadShare / 2 / settings.uploadLimit)) }

    /// Bodies at a time from one address that are no uploads.
    var bodyConnections: Int { min(Self.mostConnections, 4 * settings.uploadConnections) }

    /// nginx counts no further.
    private static let mostConnections = 65_535

    var bodyMaps: String {
        let open = rules.filter(\.isOpen).map { routeLine($0, "open") }.joined(separator: "\n")
        let asked = askedLocations.map(\.name)
        return """
            # Bodies up to this length lie in memory only.
            client_body_buffer_size \(Request.openBodyLimit);
            map "$request_method $bodega_route" $bodega_open {
            \(indented("default \"\";\n\(open)", by: 1))
            }
            # A body of unknown length may be a large one. HTTP/2 has a body without any header that says so.
            map "$server_protocol $request_method $http_transfer_encoding|$content_length" $bodega_size {
                default "";
                "~[|]\(decimals(above: Request.openBodyLimit))$" large;
                "~^[^ ]+ [^ ]+ [^|]" large;
                "~^HTTP/2[^ ]* (?!GET |HEAD )[^|]*[|]$" large;
            }
            map "$bodega_pool $bodega_open $bodega_size" $bodega_location {
                default $bodega_pool;
                "web  large" web_large;
                "slow  large" slow_large;
            }
            # Content-Length over the limit of the location; bodies of unknown length are counted by the location.
            map "$bodega_location $content_length" $bodega_too_large {
                default "";
            \(indented(askedLocations.map { tooLarge($0.name, above: $0.limit) }.joined(separator: "\n"), by: 1))
                \(tooLarge("(web|text)", above: unaskedWebLimit))
                \(tooLarge("(?!(\(asked.joined(separator: "|"))) )[^ ]+", above: Request.openBodyLimit))
            }
            map "$bodega_location $content_length" $bodega_heavy {
                default "";
                "~^upload (\(decimals(above: heavyLimit)))?$" heavy;
            }
            map $bodega_heavy $bodega_heavy_address {
                default "";
                heavy $binary_remote_addr;
            }
            """
    }

    private func tooLarge(_ location: String, above limit: Int) -> String {
        "\"~^\(location) \(decimals(above: limit))$\" 1;"
    }

    /// A regular expression for every decimal number above the limit, leading zeros allowed. Each zero is looked at
    /// once: a header of nothing but zeros is cheap.
    func decimals(above limit: Int) -> String {
        let digits = String(limit).map(String.init)
        var alternatives = ["[0-9]{\(digits.count + 1),}"]
        for (index, digit) in digits.enumerated() where digit != "9" {
            let next = (Int(digit) ?? 0) + 1
            let rest = digits.count - index - 1
            alternatives.append("\(digits[..<index].joined())[\(next)-9]\(rest > 0 ? "[0-9]{\(rest)}" : "")")
        }
        return "0*+(\(alternatives.joined(separator: "|")))"
    }

    /// The lines of a location whose bodies are asked about. Every refusal has its own status, also where nginx itself
    /// knows only 401 and 403 as answers to its question.
    var asking: [String] {
        [
            "auth_request /-/auth;",
            "auth_request_set $bodega_refusal $upstream_http_x_bodega_code;",
            "auth_request_set $bodega_reason $upstream_http_x_bodega_detail;",
            "auth_request_set $bodega_verdict $upstream_http_x_bodega_status;",
            "auth_request_set $bodega_wait $upstream_http_x_bodega_retry;",
            // nginx's own answer to a body that it could not write; the first line for a status counts.
            "error_page 500 = /-/lost_body;",
            "include errors.conf;",
            "error_page 403 = /-/refused/$bodega_verdict;",
            "recursive_error_pages on;",
            "client_body_in_file_only clean;",
        ]
    }

    /// Where the application says why a body could not be written: it looks whether the disk is full. When it cannot be
    /// asked either, that is what the answer says.
    var lostBodyLocation: String {
        """
        location = /-/lost_body {
            internal;
            client_max_body_size 0;
            recursive_error_pages on;
            fastcgi_pass_request_body off;
            fastcgi_read_timeout \(settings.webTimeout + 10)s;
            fastcgi_param BODEGA_ROLE lost_body;
            fastcgi_param CONTENT_LENGTH "";
            include fastcgi.conf;
            fastcgi_pass bodega_web;
        }
        """
    }

    /// Where the application's refusals of bodies become answers of the same status.
    var refusalLocations: String {
        [400, 403, 413, 500, 503, 507].map { status in
            """
            location = /-/refused/\(status) {
                internal;
                return \(status);
            }
            """
        }.joined(separator: "\n")
    }
}
