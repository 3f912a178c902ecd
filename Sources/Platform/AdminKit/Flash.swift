package import Markup

/// A message that is said once: what was done, or what needs attention.
///
/// It stands at the top of the page; where the script runs it floats, is read out and can be put away without another
/// page. It never goes by itself: how long reading it takes is the user's to say.
package struct Flash: Sendable, Equatable {
    package var tone: Tone
    package var text: String
    /// Where to go on, if anywhere.
    package var link: Link?
    /// The form that takes back what was done, if it can be.
    package var undo: HTML?

    package init(_ tone: Tone, _ text: String, link: Link? = nil) {
        self.tone = tone
        self.text = text
        self.link = link
    }

    /// - Parameter path: this page without the message.
    func html(path: String) -> HTML {
        """
        <div class="toast tone-\(tone.rawValue)" role="\(tone == .danger ? "alert" : "status")" data-toast>\(tone.mark)
        <p>\(text)\(link.map { " \($0.html)" })</p>\(undo)
        <a class="toast-close" href="\(path)"><span class="visually-hidden">Put this message away</span>\
        \(Self.cross)</a>
        </div>
        """
    }

    private static let cross: HTML = """
        <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false">\
        <path d="M2 2l8 8m0-8-8 8" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/></svg>
        """

    /// All messages of a page; nothing when there are none.
    static func list(_ flashes: [Flash], path: String) -> HTML {
        guard !flashes.isEmpty else { return .empty }
        return """
            <section class="toasts" aria-label="Messages">
            \(each: flashes, { $0.html(path: path) })
            </section>
            """
    }
}

/// A coloured strip with a mark and a sentence; its bold title says what kind it is.
package struct Banner: Sendable {
    package var tone: Tone
    package var title: String
    /// `status`, `alert`, or nil when it stands there from the start and needs no announcement.
    package var role: String?
    /// What follows the title.
    package var more: HTML

    package init(_ tone: Tone, _ title: String, role: String? = nil, more: HTML = "") {
        self.tone = tone
        self.title = title
        self.role = role
        self.more = more
    }

    package var html: HTML {
        """
        <div class="banner tone-\(tone.rawValue)"\(role.map { " role=\"\($0)\"" })>\(tone.mark)
        <p><strong>\(title)</strong>\(more)</p></div>
        """
    }
}
