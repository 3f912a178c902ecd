package import Markup

/// A message at the top of a page, said once: what was done, or what needs attention.
package struct Flash: Sendable, Equatable {
    package var tone: Tone
    package var text: String
    /// Where to go on, if anywhere.
    package var link: Link?

    package init(_ tone: Tone, _ text: String, link: Link? = nil) {
        self.tone = tone
        self.text = text
        self.link = link
    }

    package var html: HTML {
        Banner(tone, text, role: tone == .danger ? "alert" : "status", more: link.map { " \($0.html)" } ?? "").html
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
