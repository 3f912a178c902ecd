import Identity
import Support
import Web

// What is shown once is never kept by anybody on the way.
extension Response {
    /// This answer as one that no cache may keep.
    var unstored: Response { with("Cache-Control", "no-store") }
}

/// Where people find this installation, for links that are handed on.
package struct SiteAddress: Sendable, Equatable {
    /// Without a final slash; nil where the operator has not said it.
    private let publicURL: String?

    package init(publicURL: String?) {
        self.publicURL = publicURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    }

    /// The whole address of a path of ours. Without a public URL it is known only to who comes from the machine itself;
    /// any other host that a request names may have been put into it by an attacker, so that the path alone is handed
    /// on rather than a link that brings its secret there.
    func url(_ path: PathPattern, _ request: Request) -> String {
        guard publicURL == nil, isLoopbackHost(request.host) else { return url(path) }
        return "\(request.isSecure ? "https" : "http")://\(request.host)\(path)"
    }

    /// The same where there is no request.
    func url(_ path: PathPattern) -> String { "\(publicURL ?? "")\(path)" }
}
