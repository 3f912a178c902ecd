import AdminKit
import Identity
import Markup
import Web

/// /shortcuts: the keys as a page, for those who come without script or want to send it to others.
enum ShortcutPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, "/shortcuts", access: .login, .page("Keyboard shortcuts"), handler: show)
    ]

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let shell = try context.shell()
        return .page(
            Page(
                "Keyboard shortcuts",
                content: """
                    <p>Every page works with Tab, Enter and Space alone. These keys are shorter ways.</p>
                    <p class="without-script">They need a script, which this browser does not run.</p>
                    \(ShortcutList(shell).html)
                    """
            ).html(in: shell)
        )
    }
}
