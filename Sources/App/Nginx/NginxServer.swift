/// The server block: static files, internal files, and the answers that nginx makes itself.
extension NginxConfiguration {
    var server: String {
        """
        server {
        \(indented(serverBlock, by: 1))
        }
        """
    }

    private var serverBlock: String {
        [
            listen, noLimit, "include headers.conf;", "include errors.conf;\n\(ownRefusal)", onePath, staticFiles,
            internalFiles, poolLocations, errorLocations, refusalLocations,
            lostBodyLocation,
        ]
        .joined(separator: "\n\n")
    }

    /// Each pool has its own limit. Any limit here would also hold where the answer to a refused body is made, and
    /// nginx would then answer in its own words.
    private var noLimit: String { "client_max_body_size 0;" }

    /// Before anything is chosen by the path.
    private var onePath: String { "if ($bodega_refused) { return 400; }" }

    /// Whatever a request asks for below `/static`, nothing of it stands in the error log: there is no quiet twin here,
    /// and the access log says what was answered.
    private var staticFiles: String {
        let folder = settings.staticFolder
        let lines = indented(([quiet] + rateLimit).joined(separator: "\n"), by: 1)
        return """
            # The address holds the version of the whole folder, so it never changes its content.
            location ^~ /static/\(settings.staticHash)/ {
            \(lines)
                alias \(quoted("\(folder)/"));
                gzip on;
                include headers.conf;
                add_header Cache-Control "public, max-age=31536000, immutable";
            }
            location ~ "^/static/(?:[0-9a-f]{16}/)?(?<bodega_file>.+)$" {
            \(lines)
                alias \(quoted("\(folder)/$bodega_file"));
                gzip on;
                include headers.conf;
                add_header Cache-Control no-cache;
            }
            location = /favicon.ico {
            \(lines)
                root \(quoted(folder));
                try_files /favicon.ico /favicon.svg =204;
            }
            location = /robots.txt {
            \(lines)
                root \(quoted(folder));
            }
            """
    }

    /// Reached only by X-Accel-Redirect.
    private var internalFiles: String {
        """
        location /internal/blobs/ {
            internal;
            alias \(quoted("\(folder.blobs)/"));
        }
        """
    }
}
