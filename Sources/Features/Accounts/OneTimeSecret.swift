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
    /// Without a final slash; nil where it is the address that requests name.
    private let publicURL: String?

    package init(publicURL: String?) {
        self.publicURL = publicURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    }

    /// The whole address of a path of ours.
    func url(_ path: AccountsPath, _ request: Request) -> String {
        "\(publicURL ?? "\(request.isSecure ? "https" : "http")://\(request.host)")\(path)"
    }

    /// The same where there is no request: without a public URL the path alone.
    func url(_ path: AccountsPath) -> String { "\(publicURL ?? "")\(path)" }
}
