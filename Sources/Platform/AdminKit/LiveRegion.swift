package import Markup
import Support

/// A part of a page that follows a stream of events: the script sets the figures named by `data-field` and, when
/// more than figures changed, fetches the page again and takes this part out of it.
package struct LiveRegion: Sendable {
    /// Unique on the page.
    package var name: String
    /// The stream's address with its query; nil when nothing more will happen.
    package var stream: String?
    /// Where the stream goes on from: made by the job queue, opaque here.
    package var cursor: String?
    package var content: HTML

    /// Follows one stream.
    package init(_ name: String, stream: String?, cursor: String?, content: HTML) {
        self.name = name
        self.stream = stream
        self.cursor = cursor
        self.content = content
    }

    /// Follows whole topics, e.g. `jobs`, through the one stream that a list page may have.
    package init(_ name: String, topics: String, cursor: String?, content: HTML) {
        self.init(name, stream: "/api/events?topics=\(topics.percentEncoded)", cursor: cursor, content: content)
    }

    package var html: HTML {
        """
        <div class="stack" data-region="\(name)"\(stream.map { " data-stream=\"\($0)\"" })\
        \(cursor.map { " data-cursor=\"\($0)\"" })>
        \(if: stream != nil, "<p class=\"quiet\" data-stale hidden>Live updates are interrupted. Trying again…</p>")
        \(content)
        </div>
        """
    }
}
