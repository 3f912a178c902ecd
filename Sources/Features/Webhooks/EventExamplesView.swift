import AdminKit
import Markup
import Support

/// What each type of event looks like, folded.
enum EventExamplesView {
    static func html(_ events: [EventType]) -> HTML {
        """
        <section class="stack ruled" aria-labelledby="examples"><h2 id="examples">What events look like</h2>
        \(each: events, { event in
            """
            <details><summary>\(event.name)</summary><p class="quiet">\(event.summary)</p>\
            <pre class="log">\(WebhookAPI.example(event).text)</pre></details>

            """
        })</section>
        """
    }
}
