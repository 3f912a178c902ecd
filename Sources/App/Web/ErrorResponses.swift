import AdminKit
import Catalog
import Database
import FastCGI
import Identity
import Support
import Web

/// Turns every error into an answer: the only place that does. What a person or a program cannot act on is logged under
/// the request's id and told as 500 without details.
struct ErrorResponses {
    let shell: Shell
    let log: Log
    /// The frame of a page for the user who makes the request; throws where that cannot be told.
    let frameOf: (Request) throws -> Shell

    /// The answer to a request whose handling threw.
    /// - Parameter principal: who made it, as far as that was known by then.
    func response(to request: Request, of principal: Principal?, _ error: any Error) -> Response {
        let answer = webError(error)
        guard answer.status >= 500 else {
            // With the navigation, so that a wrong turn is no dead end; but what is broken is not asked again.
            var frame: Shell?
            if !request.isAPI { frame = try? frameOf(request) }
            return render(answer, isAPI: request.isAPI, path: request.rawPath, id: request.id, frame: frame)
        }
        // 503 says that it will be well again by itself.
        log.log(
            answer.status == 503 ? .warning : .error,
            "request failed",
            [
                "request_id": request.id, "user_id": principal.map { "\($0.user.id)" },
                "session_id": principal?.sessionID.map { "\($0)" }, "method": request.method.rawValue,
                "path": loggedPath(request.rawPath), "status": "\(answer.status)",
                "reason": answer.cause ?? answer.detail,
            ]
        )
        let seesLogs = principal?.holds(.readLogs) ?? false
        return render(answer, isAPI: request.isAPI, path: request.rawPath, id: request.id, seesLogs: seesLogs)
    }

    /// The answer to something that never became a request.
    func refusal(_ error: WebError, _ refused: RefusedRequest) -> Response {
        render(error, isAPI: refused.isAPI, path: refused.path, id: refused.id)
    }

    private func render(
        _ error: WebError,
        isAPI: Bool,
        path: String,
        id: String,
        frame: Shell? = nil,
        seesLogs: Bool = false
    ) -> Response {
        if isAPI { return error.problem(requestID: id, instance: path) }
        let advice = error.code == "forbidden" ? " Ask an administrator if you need it." : ""
        let model = ErrorPageModel(
            status: error.status,
            detail: error.detail + advice,
            requestID: id,
            logLines: seesLogs ? LogLinks.request(id) : nil
        )
        var page = Response.page(ErrorPageView.html(model, in: frame ?? shell), status: error.status)
        for header in error.headers.all { page.headers.set(header.name, header.value) }
        return page
    }

    /// An error as it is told.
    func webError(_ error: any Error) -> WebError {
        switch error {
        case let error as WebError: error
        case let error as DatabaseError where error.isBusy:
            .unavailable(
                "busy",
                "Another change is being written just now. Nothing was changed: try again in a few seconds.",
                retryAfter: 2,
                cause: "\(error)"
            )
        case let error as DatabaseError where error.isDiskFull: .diskFull(cause: "\(error)")
        case let error as SystemError where error.isDiskFull: .diskFull(cause: "\(error)")
        case let error as SearchUnavailable where error == .broken:
            .unavailable("search_unavailable", error.detail, retryAfter: 10, cause: "\(error)")
        case let error as SearchUnavailable:
            .unavailable("search_incomplete", error.detail, retryAfter: 10, cause: "\(error)")
        case let error as CommandError:
            .unavailable("not_ready", "Bodega is being set up or updated.", retryAfter: 5, cause: "\(error)")
        default: .internalError(cause: "\(error)")
        }
    }
}
