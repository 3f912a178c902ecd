package import Markup

/// Something secret to be copied; the script adds a button for that.
package struct SecretField: Sendable {
    package var label: String
    package var secret: String

    package init(label: String, secret: String) {
        self.label = label
        self.secret = secret
    }

    package var html: HTML {
        """
        <div class="secret" data-copy>
        <label for="secret">\(label)</label>
        <input class="input code" id="secret" type="text" value="\(secret)" readonly autocomplete="off" \
        spellcheck="false">
        </div>
        """
    }
}
