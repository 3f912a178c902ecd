/// Encryption, and who is believed about it.
extension NginxConfiguration {
    /// The port of the application, with TLS where there is a certificate.
    ///
    /// Protocols and ciphers are those of Mozilla's "intermediate" configuration; its DHE suites need a file of
    /// parameters and serve no browser that the others do not.
    var listen: String {
        let address = "listen \(settings.address):\(settings.port)"
        guard let certificate = settings.certificate, let key = settings.certificateKey else {
            return "\(address) backlog=4096;\nserver_name _;"
        }
        return """
            \(address) ssl http2 backlog=4096;
            server_name _;
            ssl_certificate \(quoted(certificate));
            ssl_certificate_key \(quoted(key));
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_ciphers \(Self.ciphers);
            ssl_prefer_server_ciphers off;
            ssl_session_cache shared:tls:4m;
            ssl_session_timeout 1d;
            ssl_session_tickets off;
            # Plain HTTP at this port: somebody typed the address without https.
            error_page 497 =301 \(secureAddress("$http_host"));
            """
    }

    private static let ciphers = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ].joined(separator: ":")

    /// The port for plain HTTP, if there is one: it leads to https, and shows what authorities of certificates ask for.
    var redirect: String {
        guard settings.redirectPort > 0 else { return "" }
        let port = settings.port == 443 ? "" : ":\(settings.port)"
        return """
            server {
                listen \(settings.address):\(settings.redirectPort);
                server_name _;
                location ^~ /.well-known/acme-challenge/ {
                    \(quiet)
                    root \(quoted("\(folder.path)/acme"));
                    default_type text/plain;
                }
                location / {
                    return 301 \(secureAddress("$host\(port)"));
                }
            }
            """
    }

    /// The same page by TLS, at the address that people know.
    private func secureAddress(_ host: String) -> String {
        guard var origin = settings.publicURL, origin.hasPrefix("https://") else {
            return "https://\(host)$request_uri"
        }
        while origin.hasSuffix("/") { origin.removeLast() }
        return "\(origin)$request_uri"
    }

    /// Whether a request came by TLS, and from where. A client can write any header, so what a header says counts only
    /// from the proxies that the operator named.
    var origins: String {
        let proxies = settings.proxies
        let secure =
            proxies.isEmpty
            ? "map $https $bodega_https { default $https; }"
            : """
            \(proxies.map { "set_real_ip_from \($0);" }.joined(separator: "\n"))
            real_ip_header X-Forwarded-For;
            real_ip_recursive on;
            geo $realip_remote_addr $bodega_by_proxy {
                default 0;
            \(indented(proxies.map { "\($0) 1;" }.joined(separator: "\n"), by: 1))
            }
            map "$bodega_by_proxy $http_x_forwarded_proto" $bodega_https {
                default $https;
                "~*^1 https$" on;
            }
            """
        return """
            \(secure)
            map $bodega_https $bodega_hsts {
                default "";
                on "max-age=31536000";
            }
            """
    }
}
