/// How people say in a file whether a product is on sale, and what that means as a status.
///
/// Spreadsheets write booleans in the language of whoever made the file, so the words for yes and no of a few languages
/// stand here too. A word that is not listed is refused, never guessed.
enum ImportWords {
    /// ASCII, lower case; the statuses' own names first, as most files have them.
    static let statuses: [(word: StaticString, status: StaticString)] =
        [("active", "active"), ("draft", "draft"), ("archived", "archived")]
        + on.map { ($0, "active") } + off.map { ($0, "draft") } + over.map { ($0, "archived") }

    private static let on: [StaticString] = [
        "true", "1", "yes", "y", "on", "published", "visible", "enabled", "live", "public", "wahr", "ja", "aktiv",
        "vrai", "oui", "si",
    ]
    private static let off: [StaticString] = [
        "false", "0", "no", "n", "off", "unpublished", "hidden", "disabled", "inactive", "private", "falsch", "nein",
        "inaktiv", "faux", "non",
    ]
    private static let over: [StaticString] = ["discontinued", "obsolete", "retired"]

    /// WooCommerce's `Published` has 1 for published, 0 for private and -1 for a draft.
    static let published: [(word: StaticString, status: StaticString)] = statuses + [("-1", "draft")]
}

extension StaticString {
    /// Its bytes, which stay where they are for the life of the process.
    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
