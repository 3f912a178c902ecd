import Identity
import Process
import Web

/// Lets each user have a share of the downloads that this installation sends at a time, so that one user's slow
/// readers do not take them all.
struct DownloadShares {
    private let locks: UsageLocks
    private let perUser: Int
    private let total: Int
    private static let retrySeconds = 30

    /// Counts in the data folder, where all processes that send downloads find it.
    init(_ settings: Settings) throws {
        locks = try UsageLocks(path: DataFolder(settings.data).downloads)
        perUser = settings.userDownloads
        total = settings.downloads
    }

    /// The answer, which is counted until it is sent or given up when it is streamed.
    ///
    /// Throws 429 `too_many_downloads` to a user who has enough, 503 `downloads_busy` when there are enough in all.
    func admit(_ response: Response, to request: Request, of principal: Principal?) throws(WebError) -> Response {
        guard case .stream(let parts) = response.body, request.method != .head else { return response }
        let lease = try take(principal?.user.id ?? 0)
        var counted = response
        counted.body = .stream { bytes in try withExtendedLifetime(lease) { try parts(bytes) } }
        return counted
    }

    private func take(_ owner: Int64) throws(WebError) -> UsageLocks.Lease {
        do throws(UsageLocks.Refusal) {
            return try locks.take(owner: owner, perOwner: perUser, total: total)
        } catch .owner {
            throw .tooManyRequests(
                "too_many_downloads",
                "\(perUser) of your downloads run already, as many as one user may have at a time. "
                    + "Wait until one has ended, then try again.",
                retryAfter: Self.retrySeconds
            )
        } catch {
            throw .unavailable(
                "downloads_busy",
                "\(total) downloads run already, as many as there may be at a time. Try again in a moment.",
                retryAfter: Self.retrySeconds
            )
        }
    }
}
