package import Markup

/// What a colour means. Each tone has a mark of its own shape, so colour is never alone.
package enum Tone: String, Sendable, CaseIterable {
    case neutral
    case info
    case success
    case warning
    case danger

    /// A 12-pixel mark: ring, half disc, tick, triangle, cross.
    package var mark: HTML {
        let shape: HTML =
            switch self {
            case .neutral:
                "<circle cx=\"6\" cy=\"6\" r=\"4.25\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/>"
            case .info:
                """
                <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5"/>\
                <path d="M6 3.5a2.5 2.5 0 0 1 0 5z" fill="currentColor"/>
                """
            case .success:
                """
                <path d="M2 6.5 4.75 9.25 10 3.25" fill="none" stroke="currentColor" stroke-width="2" \
                stroke-linecap="round" stroke-linejoin="round"/>
                """
            case .warning: "<path d=\"M6 1.5 11.25 10.75H.75z\" fill=\"currentColor\"/>"
            case .danger:
                """
                <path d="M2.75 2.75l6.5 6.5m0-6.5-6.5 6.5" fill="none" stroke="currentColor" stroke-width="2" \
                stroke-linecap="round"/>
                """
            }
        return """
            <svg class="mark" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false">\
            \(shape)</svg>
            """
    }
}

/// A state as a word with a colour and a shape.
package struct StatusBadge: Sendable, Equatable {
    package var word: String
    package var tone: Tone

    package init(_ word: String, _ tone: Tone) {
        self.word = word
        self.tone = tone
    }

    package var html: HTML { "<span class=\"badge tone-\(tone.rawValue)\">\(tone.mark)\(word)</span>" }
}
