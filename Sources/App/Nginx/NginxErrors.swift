import AdminKit
import Markup
import Web

/// The answers that nginx makes without asking a worker: problem documents for programs, the error page for people.
extension NginxConfiguration {
    /// A status that nginx may answer by itself.
    struct OwnAnswer {
        let status: Int
        let title: String
        let detail: String
    }

    static let ownAnswers: [OwnAnswer] = [
        OwnAnswer(status: 400, title: "Bad Request", detail: "The request could not be read."),
        OwnAnswer(status: 403, title: "Forbidden", detail: "This is not allowed here."),
        OwnAnswer(status: 404, title: "Not Found", detail: "There is nothing at this address."),
        OwnAnswer(status: 405, title: "Method Not Allowed", detail: "This address does not answer this method."),
        OwnAnswer(status: 408, title: "Request Timeout", detail: "The request did not arrive in time."),
        OwnAnswer(status: 411, title: "Length Required", detail: "The request must say how long its body is."),
        OwnAnswer(status: 412, title: "Precondition Failed", detail: "The file has changed."),
        OwnAnswer(status: 413, title: "Content Too Large", detail: "The body is larger than this address takes."),
        OwnAnswer(status: 414, title: "URI Too Long", detail: "The address is too long."),
        OwnAnswer(status: 416, title: "Range Not Satisfiable", detail: "The file does not have this range."),
        OwnAnswer(status: 429, title: "Too Many Requests", detail: "Too many requests; try again in a moment."),
        OwnAnswer(status: 431, title: "Request Header Fields Too Large", detail: "The headers are too large."),
        OwnAnswer(status: 500, title: "Internal Server Error", detail: "Something went wrong."),
        OwnAnswer(status: 501, title: "Not Implemented", detail: "This kind of request is not known here."),
        OwnAnswer(status: 502, title: "Bad Gateway", detail: "The answer was cut off; try again."),
        OwnAnswer(status: 503, title: "Service Unavailable", detail: "The service is not ready; try again soon."),
        OwnAnswer(status: 504, title: "Gateway Timeout", detail: "The answer took too long; try again."),
        OwnAnswer(status: 505, title: "HTTP Version Not Supported", detail: "This version of HTTP is not known."),
    ]

    /// Which form an answer of nginx has. The request line is there even when the address could not be read.
    var errorMaps: String {
        """
        map $request $bodega_form {
            default html;
            "~^\\S+ (https?://[^/]+)?/+(api|metrics|health)([/? ]|$)" json;
        }
        # The path, as far as it needs no escaping in JSON.
        map $request_uri $bodega_instance {
            default "";
            "~^(?<bodega_path>[A-Za-z0-9/._~%-]*)" $bodega_path;
        }
        \(map("$bodega_title", \.title))
        \(map("$bodega_heading") { ErrorPageView.title($0.status) })
        \(map("$bodega_own_detail", \.detail))
        # Why the authorizer has let nobody in, where it was asked.
        map $bodega_reason $bodega_detail {
            default $bodega_reason;
            "" $bodega_own_detail;
        }
        map $bodega_refusal $bodega_member {
            default '"code":"$bodega_refusal","errors":[{"field":"","code":"$bodega_refusal",\
        "detail":"$bodega_reason"}],';
            "" "";
        }
        map $bodega_code $bodega_retry {
            default "";
            "429" 5;
            "503" 5;
        }
        map $bodega_code $bodega_allow {
            default "";
            "405" "GET, HEAD";
        }
        \(crossOriginMaps)
        """
    }

    /// What lets the pages of other sites read nginx's own refusals, as `CrossOrigin` does with all other answers. An
    /// origin that is longer than nginx's hash takes is left out: the refusal is all that its pages cannot read.
    private var crossOriginMaps: String {
        let origins = CrossOrigin(settings.crossOrigins).origins.filter { $0.utf8.count < 200 }
        let lines = Set(origins).sorted().map { "\(quoted($0)) $http_origin;" }
        return """
            map $http_origin $bodega_origin {
            \(indented((["default \"\";"] + lines).joined(separator: "\n"), by: 1))
            }
            map $bodega_origin $bodega_exposed {
                default "\(CrossOrigin.exposed)";
                "" "";
            }
            """
    }

    /// Other origins' pages may read a problem document, but no page.
    private var crossOriginHeaders: String {
        guard !settings.crossOrigins.isEmpty else { return "" }
        return """
            add_header Vary Origin always;
                add_header Access-Control-Allow-Origin $bodega_origin always;
                add_header Access-Control-Expose-Headers $bodega_exposed always;
            """
    }

    /// The page as one string of the configuration; what stands in it is ours and holds no single quote.
    private var errorPage: String {
        ErrorPageView.template(
            title: "$bodega_heading",
            detail: "$bodega_detail",
            status: "$bodega_code",
            requestID: "$request_id",
            assets: StaticAssets(prefix: "/static/\(settings.staticHash)")
        ).text
    }

    private func map(_ variable: String, _ part: (OwnAnswer) -> String) -> String {
        let lines = Self.ownAnswers.map { "\"\($0.status)\" \"\(part($0))\";" }.joined(separator: "\n")
        return "map $bodega_code \(variable) {\n\(indented("default \"Error\";\n\(lines)", by: 1))\n}"
    }

    var errorPages: String {
        let pages = Self.ownAnswers.map { "error_page \($0.status) /-/error/$bodega_form/\($0.status);" }
        return
            (pages + [
                "error_page 401 = /-/login/$bodega_form;",
                "error_page 494 =431 /-/error/$bodega_form/431;",
            ]).joined(separator: "\n")
    }

    /// The status is the one that led here; `return` only gives the text.
    var errorLocations: String {
        """
        location ~ ^/-/error/json/(?<bodega_code>[0-9]+)$ {
            internal;
            default_type application/problem+json;
            \(conditionalHeaders)
            \(crossOriginHeaders)
            return 200 '{"type":"about:blank","title":"$bodega_title","status":$bodega_code,"detail":"$bodega_detail",\
        "instance":"$bodega_instance",$bodega_member"request_id":"$request_id"}\\n';
        }
        location ~ ^/-/error/html/(?<bodega_code>[0-9]+)$ {
            internal;
            default_type text/html;
            \(conditionalHeaders)
            return 200 '\(errorPage)';
        }
        location = /-/login/json {
            internal;
            default_type application/problem+json;
            include headers.conf;
            add_header Cache-Control no-store always;
            add_header WWW-Authenticate Bearer always;
            \(crossOriginHeaders)
            return 401 '{"type":"about:blank","title":"Unauthorized","status":401,"detail":"$bodega_detail",\
        "instance":"$bodega_instance",$bodega_member"request_id":"$request_id"}\\n';
        }
        location = /-/login/html {
            internal;
            return 303 /login;
        }
        """
    }

    private var conditionalHeaders: String {
        """
        include headers.conf;
            add_header Cache-Control no-store always;
            add_header Retry-After $bodega_retry always;
            add_header Allow $bodega_allow always;
        """
    }
}
