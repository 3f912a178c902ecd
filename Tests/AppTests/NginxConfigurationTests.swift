import Process
import Support
import TestSupport
import Testing
import Web

@testable import App

@Suite struct NginxConfigurationTests {
    private let rules = [
        PoolRule(method: .get, path: "/api/products", pool: .web),
        PoolRule(method: .get, path: "/api/products/{id:int}", pool: .web),
        PoolRule(method: .get, path: "/api/products.csv", pool: .export),
        PoolRule(method: .post, path: "/api/upload-csv", pool: .upload),
        PoolRule(method: .get, path: "/api/jobs/{id}/events", pool: .events),
        PoolRule(method: .delete, path: "/api/by/{name}", pool: .slow),
        PoolRule(method: .get, path: "/api/choices", pool: .web, keepsTag: true),
    ]

    private func make(_ folder: TestFolder, change: (inout Settings) -> Void = { _ in }) -> NginxConfiguration {
        var settings = Settings()
        settings.data = folder.path
        settings.staticFolder = "\(folder.path)/static"
        settings.staticHash = "0123456789abcdef"
        change(&settings)
        return NginxConfiguration(settings: settings, runtimeFolder: folder.path, rules: rules)
    }

    private func text(_ configuration: NginxConfiguration, _ name: String = "nginx.conf") -> String {
        configuration.files.first { $0.name == name }?.text ?? ""
    }

    /// nginx itself reads the file; what it says when it does not like it.
    private func complaint(_ configuration: NginxConfiguration, _ folder: TestFolder) throws -> String? {
        try DataFolder(folder.path).make()
        do {
            _ = try NginxFiles(configuration, folder: DataFolder(folder.path)).install(hasRunning: false)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func nginxLikesItWithAndWithoutLimits() throws {
        let folder = TestFolder()
        #expect(try complaint(make(folder), folder) == nil)
        let open = make(folder) { settings in
            settings.requestRate = 0
            settings.uploadConnections = 0
            settings.streamConnections = 0
        }
        #expect(try complaint(open, folder) == nil)
        #expect(!text(open).contains("limit_req zone") && !text(open).contains("limit_conn "))
    }

    /// The least and the most that an operator may choose.
    @Test func nginxLikesEveryLimit() throws {
        let folder = TestFolder()
        let most = make(folder) { settings in
            settings.requestRate = 1_000_000
            settings.tokenRate = 1_000_000
            settings.uploadConnections = 65_535
            settings.streamConnections = 65_535
            settings.uploadLimit = 1024
            settings.uploadShare = 1 << 44
        }
        #expect(try complaint(most, folder) == nil)
        let least = make(folder) { settings in
            settings.requestRate = 1
            settings.tokenRate = 1
            settings.uploadConnections = 1
            settings.streamConnections = 1
            settings.bodyLimit = 1024
            settings.slowBodyLimit = 1024
            settings.uploadLimit = 1 << 40
            settings.uploadShare = 65_536
        }
        #expect(try complaint(least, folder) == nil)
    }

    /// An address has at most its share of uploads under way: few large ones, and of the others as many as it may send.
    @Test func theUploadsOfAnAddressFitIntoItsShare() {
        for (share, limit, connections) in [(16 << 30, 4 << 30, 16), (1 << 20, 1 << 20, 3), (100 << 30, 1 << 30, 50)] {
            let configuration = make(TestFolder()) { settings in
                settings.uploadShare = share
                settings.uploadLimit = limit
                settings.uploadConnections = connections
            }
            let large = configuration.heavyConnections
            #expect(text(configuration).contains("limit_conn heavy_uploads \(large);"))
            #expect(text(configuration).contains(configuration.decimals(above: share / 2 / connections)))
            #expect(large == 1 || large * limit <= share / 2)
        }
        let main = text(make(TestFolder()))
        #expect(main.contains("limit_conn uploads 16;") && main.contains("limit_conn heavy_uploads 2;"))
    }

    /// Whatever takes more than everybody may send asks first, and keeps the body where it is counted.
    @Test func everyLargeBodyIsAskedAbout() {
        let locations = text(make(TestFolder())).split(separator: "location ").dropFirst()
        var asking: [Substring] = []
        for location in locations where location.hasPrefix("= /-/") && location.contains("fastcgi_pass ") {
            let name = location.dropFirst(5).prefix { $0 != " " }
            guard name != "auth" else { continue }
            let limit = location.split(separator: "\n").compactMap { line in
                line.contains("client_max_body_size ") ? Int(line.filter(\.isNumber)) : nil
            }
            #expect(limit.count == 1, "\(name)")
            if location.contains("auth_request /-/auth;") {
                asking.append(name)
                #expect(location.contains("client_body_in_file_only clean;"), "\(name)")
            } else {
                #expect((limit.first ?? 0) <= 65_536, "\(name)")
            }
        }
        #expect(asking.sorted() == ["slow_large", "upload", "web_large"].flatMap { ["quiet_\($0)", $0] }.sorted())
    }

    @Test func aHeaderCountsOnlyFromTheProxiesThatWereNamed() throws {
        let folder = TestFolder()
        let alone = text(make(folder))
        #expect(alone.contains("map $https $bodega_https { default $https; }"))
        #expect(!alone.contains("forwarded") && !alone.contains("real_ip"))
        let behind = make(folder) { $0.trustedProxies = "10.0.0.1, 10.1.0.0/16,::1" }
        #expect(try complaint(behind, folder) == nil)
        for line in ["set_real_ip_from 10.1.0.0/16;", "real_ip_recursive on;", "::1 1;", "\"~*^1 https$\" on;"] {
            #expect(text(behind).contains(line), "\(line)")
        }
    }

    @Test func aCertificateMeansTLSAndAWayThere() {
        let secure = make(TestFolder()) { settings in
            settings.port = 8443
            settings.certificate = "/etc/chain.pem"
            settings.certificateKey = "/etc/key.pem"
            settings.redirectPort = 8080
        }
        for line in [
            "listen 0.0.0.0:8443 ssl http2 backlog=4096;", "ssl_protocols TLSv1.2 TLSv1.3;", "ssl_session_tickets off;",
            "listen 0.0.0.0:8080;", "return 301 https://$host:8443$request_uri;",
            "error_page 497 =301 https://$http_host$request_uri;",
        ] { #expect(text(secure).contains(line), "\(line)") }
        let known = make(TestFolder()) { settings in
            settings.port = 443
            settings.certificate = "/etc/chain.pem"
            settings.certificateKey = "/etc/key.pem"
            settings.redirectPort = 80
            settings.publicURL = "https://shop.example/"
        }
        #expect(text(known).contains("return 301 https://shop.example$request_uri;"))
        #expect(!text(make(TestFolder())).contains("ssl"))
        #expect(text(secure, "headers.conf").contains("Strict-Transport-Security $bodega_hsts"))
    }

    @Test func nginxsOwnPagesLookLikeOurs() throws {
        let own = text(make(TestFolder()))
        #expect(own.contains("href=\"/static/0123456789abcdef/bodega.css\""))
        #expect(own.contains("<h1>$bodega_heading</h1>") && own.contains("\"404\" \"Page not found\";"))
    }

    @Test func theLogLeavesSecretsInAddressesOut() throws {
        let configuration = text(make(TestFolder()))
        let expression = try Regex(NginxConfiguration.secretAddress).ignoresCase()
        #expect(configuration.contains("\"~*\(NginxConfiguration.secretAddress)\" /reset/-;"))
        for address in [
            "/reset/abc", "//RESET/abc", "/%72es%45t/abc", "/reset%2fabc", "/login?next=%2Freset%2Fabc",
            "/login?next=%252Freset%25252Fabc",
        ] {
            #expect(address.firstMatch(of: expression) != nil, "\(address)")
        }
        for address in ["/resets/abc", "/users/1/reset-link", "/products?q=reset"] {
            #expect(address.firstMatch(of: expression) == nil, "\(address)")
        }
        #expect(configuration.contains("\"uri\":\"$bodega_logged_uri\""))
        #expect(!configuration.contains("\"uri\":\"$request_uri\""))
    }

    @Test func theLogLeavesSecretsInQueriesOut() throws {
        let configuration = text(make(TestFolder()))
        let query = try Regex(NginxConfiguration.secretQuery).ignoresCase()
        let name = try Regex(NginxConfiguration.secretName).ignoresCase()
        let path = try Regex(NginxConfiguration.secretPath).ignoresCase()
        let token = "bodega_\(String(repeating: "aB-_9", count: 8))"
        #expect(configuration.contains("\"~*\(NginxConfiguration.secretQuery)\" \"$bodega_before_query?-\";"))
        #expect(configuration.contains("\"~*\(NginxConfiguration.secretName)\" \"$bodega_before_query?-\";"))
        for address in [
            "/a?token=x", "/a?b=c&access_token=x", "/a?ticket=", "/a?TOKEN=x", "/a?%74oken=x", "/a?tok%65n=x",
            "/a?api%5Fkey=x", "/a?x=\(token)", "/a?\(token)", "/a?b&c=d&Client-Secret=x",
            "/a?x=b%6Fdega_\(token.dropFirst(7))", "/a?x[token]=x", "/login?next=%2Fa%3Ftoken%3Dx",
            "/login?next=%252Fa%253Fb%253Dc%2526tick%2565t%253Dx", "/a?next=/b?token=x",
        ] { #expect(address.firstMatch(of: query) != nil && holdsSecret(address), "\(address)") }
        for address in [
            "/a?auth=x", "/a?b=c&CODE=x", "/a?jwt=x", "/a?key=x", "/a?pw=x", "/a?p%57=x", "/a?x_auth=x", "/a?user-pw=x",
            "/a?auth_id=x", "/login?next=%2Fa%3Fkey%3Dx", "/login?next=%2Fa%3Fb%26auth%3Dx",
        ] { #expect(address.firstMatch(of: name) != nil && holdsSecret(address), "\(address)") }
        for address in [
            "/", "/a?q=token", "/products?q=ticket&sort=name", "/token?a=b", "/a?b=c=token", "/a?x=bodega_1",
            "/a?sort_key=x", "/a?author=x", "/a?keys=x", "/a?sku=key", "/a?postcode=1", "/key=auth=", "/a?error_code=x",
        ] {
            #expect(address.firstMatch(of: query) == nil && address.firstMatch(of: name) == nil, "\(address)")
            #expect(!holdsSecret(address), "\(address)")
        }
        #expect("/x/\(token)?a=b".firstMatch(of: path) != nil && "/bodega_products".firstMatch(of: path) == nil)
    }

    @Test func aConfigurationThatNginxRefusesIsOneLine() throws {
        let folder = TestFolder()
        let words = try #require(try complaint(make(folder) { $0.address = "no such; address" }, folder))
        #expect(words.hasPrefix("nginx refuses its configuration: ") && !words.contains("\n"))
        #expect(!Files.exists("\(folder.path)/nginx/nginx.conf"))
    }

    @Test func itIsNewOnlyWhenItChanged() throws {
        let folder = TestFolder()
        let data = DataFolder(folder.path)
        try data.make()
        #expect(try NginxFiles(make(folder), folder: data).install(hasRunning: true).isNew)
        #expect(try !NginxFiles(make(folder), folder: data).install(hasRunning: true).isNew)
        #expect(try NginxFiles(make(folder) { $0.webTimeout = 11 }, folder: data).install(hasRunning: true).isNew)
    }

    @Test func routesBecomeAMapWithTheSpecialOnesFirst() throws {
        let map = text(make(TestFolder()))
        let lines = [
            #""~^(GET|HEAD) /api/products\.csv\z" export;"#,
            #""~^POST /api/upload-csv\z" upload;"#,
            #""~^(GET|HEAD) /api/jobs/[^/]+/events\z" events;"#,
            #""~^DELETE /api/by/[^/]+\z" slow;"#,
            #""~^(GET|HEAD) /api/products\z" text;"#,
            #""~^(GET|HEAD) /(?!(api|metrics|health|media)(/|\z))" text;"#,
        ]
        var rest = map[...]
        for line in lines {
            let place = try #require(rest.utf8.firstRange(of: Array(line.utf8)), "\(line)")
            rest = rest[place.upperBound...]
        }
        // A record is not compressed: its ETag would become a weak one. Neither is a list that is changed as a whole.
        #expect(!map.contains(#"/api/products/[0-9]+\z""#) && !map.contains("/api/choices"))
    }

    /// nginx's own refusals can be read by the pages of the sites that may read all others, and by no one else's.
    @Test func otherSitesMayReadWhatNginxSays() throws {
        let folder = TestFolder()
        let long = "https://\(String(repeating: "a", count: 250)).example"
        let configuration = make(folder) { $0.crossOrigins = ["https://Shop.example", "http://b.example:81", long] }
        #expect(try complaint(configuration, folder) == nil)
        let lines = text(configuration)
        #expect(lines.contains("\"https://shop.example\" $http_origin;\n"))
        #expect(lines.contains("\"http://b.example:81\" $http_origin;\n") && !lines.contains(long))
        #expect(lines.contains("add_header Access-Control-Allow-Origin $bodega_origin always;"))
        #expect(!text(make(folder)).contains("Access-Control-Allow-Origin"))
        let many = make(folder) { $0.crossOrigins = (0..<300).map { "https://shop-\($0).example" } }
        #expect(try complaint(many, folder) == nil)
    }

    @Test(arguments: [1_048_576, 999, 1000, 17_825_792, 9])
    func theLengthsAboveALimitAreMatchedExactly(_ limit: Int) throws {
        let expression = try Regex("^\(make(TestFolder()).decimals(above: limit))$")
        for value in [0, 1, limit / 10, limit - 1, limit] {
            #expect(try expression.wholeMatch(in: "\(value)") == nil, "\(value) is not above \(limit)")
        }
        for value in [limit + 1, limit + 10, limit * 2, limit * 10, Int.max] {
            #expect(try expression.wholeMatch(in: "\(value)") != nil, "\(value) is above \(limit)")
            #expect(try expression.wholeMatch(in: "000\(value)") != nil)
        }
    }

    /// Each pool has its socket and its location, so that what is slow in one holds nobody up in another.
    @Test func everyPoolHasItsOwnProcesses() throws {
        let main = text(make(TestFolder()) { $0.downloadTimeout = 40 })
        for pool in Pool.allCases {
            #expect(main.contains("upstream bodega_\(pool.rawValue) {"))
            let location = try #require(block("location = /-/\(pool.rawValue) {", of: main), "\(pool)")
            #expect(location.contains("fastcgi_pass bodega_\(pool.rawValue);"))
            #expect(location.contains("fastcgi_max_temp_file_size 0;") == (pool == .export))
        }
        // The process that knows the reader drops it before nginx does.
        #expect(try #require(block("location = /-/export {", of: main)).contains("send_timeout 55s;"))
    }

    /// A secret in an address changes nothing but that nginx writes it nowhere.
    @Test func everyPoolHasAQuietTwin() throws {
        let main = text(make(TestFolder()))
        #expect(main.contains("rewrite ^ /-/$bodega_quiet$bodega_location last;"))
        let names = Pool.allCases.map(\.rawValue) + ["text", "web_large", "slow_large"]
        for name in names {
            let plain = try #require(block("location = /-/\(name) {", of: main), "\(name)")
            let twin = try #require(block("location = /-/quiet_\(name) {", of: main), "\(name)")
            #expect(!plain.contains("error_log"))
            // What is compressed tells of what stands in it by its length.
            #expect(
                twin.replacing("    error_log /dev/null crit;\n        ", with: "")
                    == plain.replacing("    gzip on;\n        ", with: "")
            )
        }
        let files = main.split(separator: "location ").filter { $0.contains("/static") && $0.contains("alias") }
        #expect(files.count == 2 && files.allSatisfy { $0.contains("error_log /dev/null crit;") })
    }

    private func block(_ start: String, of text: String) -> Substring? {
        guard let range = text.firstRange(of: start) else { return nil }
        let rest = text[range.upperBound...]
        return rest.prefix(upTo: rest.firstIndex(of: "}") ?? rest.endIndex)
    }

    @Test func whatWasPaidForStands() {
        let folder = TestFolder()
        let main = text(make(folder))
        let parameters = text(make(folder), "fastcgi.conf")
        #expect(parameters.contains("fastcgi_keep_conn on;") && parameters.contains("fastcgi_next_upstream off;"))
        #expect(!main.contains("keepalive "), "a pool of kept connections pins workers")
        for line in [
            "client_body_in_file_only clean;", "fastcgi_pass_request_body off;", "auth_request /-/auth;",
            "fastcgi_buffering off;", "fastcgi_read_timeout 1h;", "server_tokens off;", "daemon off;", "gzip off;",
        ] { #expect(main.contains(line), "\(line)") }
        let headers = text(make(folder), "headers.conf").split(separator: "\n")
        #expect(headers.count == 7 && headers.allSatisfy { $0.hasSuffix(" always;") })
        for answer in NginxConfiguration.ownAnswers {
            let pages = answer.status == 403 ? main : text(make(folder), "errors.conf")
            #expect(pages.contains("error_page \(answer.status) /-/error/"), "\(answer.status)")
        }
    }
}
