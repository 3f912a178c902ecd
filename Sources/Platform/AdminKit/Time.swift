package import Markup
package import Support

/// A moment on a page: UTC as sent, the viewer's own zone once the script has run.
package struct Time: Sendable {
    package var moment: Timestamp
    /// Whether seconds are shown.
    package var seconds: Bool

    package init(_ moment: Timestamp, seconds: Bool = false) {
        self.moment = moment
        self.seconds = seconds
    }

    package var html: HTML {
        """
        <time datetime="\(moment.rfc3339)"\(if: seconds, " data-seconds")>\
        \(Format.time(moment, seconds: seconds))</time>
        """
    }

    /// The moment, or a dash where there is none.
    package static func html(_ moment: Timestamp?, seconds: Bool = false) -> HTML {
        moment.map { Time($0, seconds: seconds).html } ?? .absent
    }
}

extension HTML {
    /// Stands in a cell that has nothing to say: a dash to the eye, "none" to the ear.
    package static let absent: HTML =
        "<span class=\"none\" aria-hidden=\"true\">–</span><span class=\"visually-hidden\">none</span>"

    /// The text, or `absent` when there is none.
    package static func text(_ value: String?) -> HTML {
        guard let value, !value.isEmpty else { return .absent }
        return HTML(escaping: value)
    }
}
