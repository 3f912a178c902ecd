package import Markup

/// The hidden field that proves that a form came from our own page. Every form that posts holds one.
package struct CSRFField: Sendable, Equatable {
    package var token: String

    package init(token: String) {
        self.token = token
    }

    package var html: HTML { "<input type=\"hidden\" name=\"csrf_token\" value=\"\(token)\">" }
}
