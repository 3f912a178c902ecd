package import Markup

/// What the error page says.
package struct ErrorPageModel: Sendable, Equatable {
    package var status: Int
    /// One sentence that names the place and the cure.
    package var detail: String
    /// What to quote when asking for help; nil where there was no request.
    package var requestID: String?
    /// What the system log has of it; nil for those who may not see it, and where it has nothing.
    package var logLines: Link?

    package init(status: Int, detail: String, requestID: String? = nil, logLines: Link? = nil) {
        self.status = status
        self.detail = detail
        self.requestID = requestID
        self.logLines = logLines
    }
}

/// The page for everything that could not be answered: what happened, what to do, what to quote.
package enum ErrorPageView {
    /// With the navigation for those who are logged in, without it for everybody else.
    package static func html(_ model: ErrorPageModel, in shell: Shell) -> HTML {
        guard shell.user != nil else { return bare(model, assets: shell.assets) }
        return Page(title(model.status), content: body(model)).html(in: shell)
    }

    /// Without navigation.
    package static func bare(_ model: ErrorPageModel, assets: StaticAssets) -> HTML {
        let title = title(model.status)
        return Page.bare(title, assets: assets, content: "<h1>\(title)</h1>\(body(model))")
    }

    /// The bare page for answers that the web server makes by itself, with its variables where the words go.
    package static func template(
        title: String,
        detail: String,
        status: String,
        requestID: String,
        assets: StaticAssets
    ) -> HTML {
        Page.bare(title, assets: assets, content: "<h1>\(title)</h1>\(body(detail, status, requestID))")
    }

    private static func body(_ model: ErrorPageModel) -> HTML {
        body(model.detail, String(model.status), model.requestID, model.logLines)
    }

    private static func body(
        _ detail: String,
        _ status: String,
        _ requestID: String?,
        _ logLines: Link? = nil
    ) -> HTML {
        """
        <p>\(detail)</p>
        <div class="actions">\(Link("Go to the home page", "/").button())</div>
        <p class="quiet">Error \(status)\(requestID.map { " · request <code>\($0)</code>" })\
        \(logLines.map { " · \($0.html)" })</p>
        """
    }

    /// What happened, in a few words.
    package static func title(_ status: Int) -> String {
        switch status {
        case 400: "That request could not be read"
        case 401: "Please log in"
        case 403: "You may not do that"
        case 404: "Page not found"
        case 405: "That does not work here"
        case 409, 412: "Somebody was faster"
        case 413: "That is too large"
        case 429: "Too many attempts"
        case 502, 503, 504: "Bodega is busy"
        case 507: "The disk is full"
        default: status < 500 ? "That did not work" : "Something went wrong"
        }
    }
}
