import AdminKit
import Markup
import Web

/// The answers that nginx makes without asking a worker: problem documents for programs, the error page for people.
extension NginxConfiguration {
    /// A status that nginx may answer by itself.
    struct OwnAnswer {
        let status: Int
        let code: String
        let detail: String
    }

    /// What 429 says depends on the limit, see `addressLimits`.
    static let ownAnswers: [OwnAnswer] = [
        OwnAnswer(status: 400, code: "bad_request", detail: "The request could not be read."),
        OwnAnswer(status: 403, code: "forbidden", detail: "This is not allowed here."),
        OwnAnswer(status: 404, code: "not_found", detail: "There is nothing at this address."),
        OwnAnswer(status: 405, code: "method_not_allowed", detail: "This address does not answer this method."),
        OwnAnswer(status: 408, code: "request_timeout", detail: "The request did not arrive in time."),
        OwnAnswer(status: 411, code: "length_required", detail: "The request must say how long its body is."),
        OwnAnswer(status: 412, code: "precondition_failed", detail: "The file has changed."),
        OwnAnswer(status: 413, code: "too_large", detail: "The body is larger than this address takes."),
        OwnAnswer(status: 414, code: "uri_too_long", detail: "The address is too long."),
        OwnAnswer(status: 416, code: "no_such_range", detail: "The file does not have this range."),
        OwnAnswer(status: 431, code: "headers_too_large", detail: "The headers are too large."),
        OwnAnswer(status: 500, code: "internal", detail: "Something went wrong."),
        OwnAnswer(status: 501, code: "not_implemented", detail: "This kind of request is not known here."),
        OwnAnswer(status: 502, code: "bad_gateway", detail: "The answer was cut off; try again."),
        OwnAnswer(status: 503, code: "unavailable", detail: "The service is not ready; try again soon."),
        OwnAnswer(status: 504, code: "gateway_timeout", detail: "The answer took too long; try again."),
        OwnAnswer(
            status: 507,
            code: "disk_full",
            detail: "The disk of the server is full. Nothing was changed: make room there, then try again."
        ),
        OwnAnswer(status: 505, code: "http_version", detail: "This version of HTTP is not known."),
    ]

    private static let statuses = (ownAnswers.map(\.status) + [429]).sorted()

    /// Every answer by `$bodega_case`: the status, or why it is this one.
    private var cases: [(name: String, code: String, detail: String)] {
        let ambiguous = WebError.ambiguousPath
        return Self.ownAnswers.map { ("\($0.status)", $0.code, $0.detail) }
            + [("ambiguous", ambiguous.code ?? "", ambiguous.detail)]
            + addressLimits.map { ($0.name, $0.code, $0.detail) }
    }

    /// Which form an answer of nginx has. The request line is there even when the address could not be read.
    var errorMaps: String {
        """
        map $request $bodega_form {
            default html;
            "~^\\S+ (https?://[^/]+)?/+(\(Request.apiSegments.joined(separator: "|")))([/? ]|$)" json;
        }
        # The path, as far as it needs no escaping in JSON.
        map $request_uri $bodega_instance {
            default "";
            "~^(?<bodega_path>[A-Za-z0-9/._~%-]*)" $bodega_path;
        }
        \(map("$bodega_code", "$bodega_title", Self.statuses.map { ("\($0)", statusTitle($0)) }))
        \(map("$bodega_code", "$bodega_heading", Self.statuses.map { ("\($0)", ErrorPageView.title($0)) }))
        \(map("$bodega_case", "$bodega_own_detail", cases.map { ($0.name, $0.detail) }))
        \(map("$bodega_case", "$bodega_own_code", cases.map { ($0.name, $0.code) }))
        # What the application has said, where it was asked.
        map $bodega_reason $bodega_detail {
            default $bodega_reason;
            "" $bodega_own_detail;
        }
        map $bodega_refusal $bodega_error {
            default $bodega_refusal;
            "" $bodega_own_code;
        }
        \(map("$bodega_case", "$bodega_own_wait", waits, otherwise: ""))
        map $bodega_wait $bodega_retry {
            default $bodega_wait;
            "" $bodega_own_wait;
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

    private var waits: [(String, String)] {
        addressLimits.map { ($0.name, "\($0.retryAfter)") } + [("503", "5"), ("507", "60")]
    }

    private func map(
        _ source: String,
        _ variable: String,
        _ rows: [(String, String)],
        otherwise: String = "Error"
    ) -> String {
        let lines = rows.map { "\"\($0.0)\" \"\($0.1)\";" }.joined(separator: "\n")
        return "map \(source) \(variable) {\n\(indented("default \"\(otherwise)\";\n\(lines)", by: 1))\n}"
    }

    /// All but 403, which is the application's where it was asked about a body.
    var errorPages: String {
        let pages = Self.statuses.filter { $0 != 403 }.map { "error_page \($0) /-/error/$bodega_form/\($0);" }
        return
            (pages + [
                "error_page 401 = /-/login/$bodega_form;",
                "error_page 494 =431 /-/error/$bodega_form/431;",
            ]).joined(separator: "\n")
    }

    var ownRefusal: String { "error_page 403 /-/error/$bodega_form/403;" }

    /// A problem document; nothing in it needs escaping.
    private static let problem = """
        "detail":"$bodega_detail","instance":"$bodega_instance","code":"$bodega_error",\
        "errors":[{"field":"","code":"$bodega_error","detail":"$bodega_detail"}],"request_id":"$request_id"}\\n
        """

    /// The status is the one that led here; `return` only gives the text.
    var errorLocations: String {
        """
        location ~ ^/-/error/json/(?<bodega_code>[0-9]+)$ {
            internal;
            default_type application/problem+json;
            \(conditionalHeaders)
            \(crossOriginHeaders)
            return 200 '{"type":"about:blank","title":"$bodega_title","status":$bodega_code,\(Self.problem)';
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
            return 401 '{"type":"about:blank","title":"Unauthorized","status":401,\(Self.problem)';
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
            add_header RateLimit-Policy $bodega_policy always;
            add_header RateLimit $bodega_left always;
            add_header Allow $bodega_allow always;
        """
    }
}
