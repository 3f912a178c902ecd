import Support
import Web

/// nginx's configuration, made from the settings and the route table. A pure function: no file is read or written.
struct NginxConfiguration: Sendable {
    var settings: Settings
    var folder: DataFolder
    /// Where the sockets are.
    var runtimeFolder: String
    /// Which pool answers which address.
    var rules: [PoolRule]
    /// The account that nginx's workers change to; nil when nginx is not started as root.
    var user: String?
    /// How many descriptors a worker may open.
    var openFiles: Int

    init(
        settings: Settings,
        runtimeFolder: String,
        rules: [PoolRule],
        user: String? = nil,
        openFiles: Int = 32_768
    ) {
        self.settings = settings
        folder = DataFolder(settings.data)
        self.runtimeFolder = runtimeFolder
        self.rules = rules
        self.user = user
        self.openFiles = openFiles
    }

    /// The files by name, to be written into one folder; `nginx.conf` includes the others.
    var files: [(name: String, text: String)] {
        [
            ("headers.conf", headers), ("fastcgi.conf", parameters), ("errors.conf", "\(errorPages)\n"),
            ("nginx.conf", main),
        ]
    }

    /// A path as one word of the configuration. `Settings` has refused what could break out of the quotes.
    func quoted(_ path: String) -> String { "\"\(path)\"" }

    private var main: String {
        """
        # Made by 'bodega serve' at every start; changes are lost.
        \(user.map { "user \($0);\n" } ?? "")daemon off;
        worker_processes auto;
        worker_rlimit_nofile \(openFiles);
        # Strangers choose what the expressions below are matched with.
        pcre_jit on;
        worker_shutdown_timeout \(settings.slowTimeout)s;
        working_directory \(quoted(folder.nginx));
        pid \(quoted("\(folder.nginx)/nginx.pid"));
        error_log \(quoted("\(folder.logs)/nginx-error.log")) warn;

        events {
            worker_connections \(min(16_384, openFiles / 2));
            multi_accept on;
        }

        http {
        \(indented(httpBlock, by: 1))
        }

        """
    }

    private var httpBlock: String {
        [
            basics, timeouts, origins, logging, compression, limits, pathMaps, poolMap, bodyMaps, errorMaps, limitMaps,
            upstreams, redirect, server,
        ]
        .filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var basics: String {
        """
        \(mediaTypes)
        default_type application/octet-stream;
        charset utf-8;
        charset_types text/plain text/css text/csv application/javascript;
        server_tokens off;
        absolute_redirect off;
        sendfile on;
        tcp_nopush on;
        # The application compares paths as they were sent; nginx must not guess.
        ignore_invalid_headers on;
        underscores_in_headers off;
        server_names_hash_bucket_size 128;
        map_hash_bucket_size 256;

        client_body_temp_path \(quoted(folder.incoming));
        fastcgi_temp_path \(quoted("\(folder.nginx)/fastcgi"));
        proxy_temp_path \(quoted("\(folder.nginx)/proxy"));
        uwsgi_temp_path \(quoted("\(folder.nginx)/uwsgi"));
        scgi_temp_path \(quoted("\(folder.nginx)/scgi"));
        """
    }

    private var mediaTypes: String {
        """
        types {
            text/html html;
            text/css css;
            text/plain txt;
            text/csv csv;
            application/javascript js mjs;
            application/json json map;
            application/manifest+json webmanifest;
            image/svg+xml svg;
            image/png png;
            image/jpeg jpg jpeg;
            image/webp webp;
            image/x-icon ico;
            font/woff2 woff2;
        }
        """
    }

    private var timeouts: String {
        """
        keepalive_timeout 65s;
        keepalive_requests 100000;
        large_client_header_buffers 4 16k;
        client_header_timeout \(settings.clientTimeout)s;
        client_body_timeout \(settings.clientTimeout)s;
        send_timeout 60s;
        """
    }

    private var logging: String {
        """
        \(secretMaps)
        log_format bodega escape=json '{"time":"$time_iso8601","request_id":"$request_id","address":"$remote_addr",'
            '"method":"$request_method","uri":"$bodega_logged_uri","status":$status,"bytes":$bytes_sent,'
            '"complete":"$request_completion",'
            '"seconds":$request_time,"upstream_seconds":"$upstream_response_time","received":$request_length,'
            '"pool":"$bodega_pool","agent":"$http_user_agent"}';
        access_log \(quoted("\(folder.logs)/access.log")) bodega;
        """
    }

    private var compression: String {
        """
        # Off by default: gzip would weaken the ETag of a record, and If-Match would then fail.
        gzip off;
        gzip_vary on;
        gzip_proxied any;
        gzip_comp_level 4;
        gzip_min_length 512;
        gzip_types text/css application/javascript application/json image/svg+xml text/plain;
        """
    }

    private var upstreams: String {
        // No keepalive pool: a kept connection would pin a worker. One server each: the listener is shared, and the
        // kernel gives a connection to an idle worker.
        Pool.allCases.map(\.rawValue).map { name in
            "upstream bodega_\(name) { server \(quoted("unix:\(runtimeFolder)/\(name).sock")); }"
        }.joined(separator: "\n")
    }

    private var headers: String {
        let lines = [
            "Content-Security-Policy \"\(Self.contentSecurityPolicy)\"",
            "X-Content-Type-Options nosniff",
            "Referrer-Policy same-origin",
            "Cross-Origin-Opener-Policy same-origin",
            "Permissions-Policy \"camera=(), geolocation=(), microphone=(), payment=(), usb=()\"",
            "X-Request-Id $request_id",
            // Empty, and then not sent, where the request did not come by TLS.
            "Strict-Transport-Security $bodega_hsts",
        ]
        return lines.map { "add_header \($0) always;\n" }.joined()
    }

    static let contentSecurityPolicy = """
        default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
        frame-ancestors 'none'
        """

    private var parameters: String {
        """
        fastcgi_param REQUEST_METHOD $request_method;
        fastcgi_param REQUEST_URI $request_uri;
        # By which the pool was chosen; the worker compares it with its own reading.
        fastcgi_param BODEGA_PATH $bodega_route;
        fastcgi_param CONTENT_TYPE $content_type;
        fastcgi_param REMOTE_ADDR $remote_addr;
        fastcgi_param HTTPS $bodega_https if_not_empty;
        fastcgi_param REQUEST_ID $request_id;
        # A client's Proxy header must not become a variable (httpoxy).
        fastcgi_param HTTP_PROXY "";
        # Without it a truncated answer reaches the client as a complete one.
        fastcgi_keep_conn on;
        # A PUT or DELETE that was sent is never sent again.
        fastcgi_next_upstream off;
        fastcgi_connect_timeout 5s;
        fastcgi_send_timeout 30s;
        fastcgi_buffer_size 16k;
        fastcgi_buffers 16 16k;
        fastcgi_hide_header X-Request-Id;

        """
    }
}

/// The text with every line that is not empty moved right by four spaces a level.
func indented(_ text: String, by levels: Int) -> String {
    let space = String(repeating: "    ", count: levels)
    return text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.isEmpty ? "" : "\(space)\($0)" }
        .joined(separator: "\n")
}
