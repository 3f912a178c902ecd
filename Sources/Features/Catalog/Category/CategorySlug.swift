import Support

/// The word that stands for a category in addresses: lower-case letters and digits of any script, with single hyphens
/// between them, see `Slug`.
package enum CategorySlug {
    /// Unicode scalars.
    package static let maxLength = 200

    /// Of a name without any letter or digit.
    static let blank = "category"

    /// The slug of a text; `category` where nothing of it can stand in one.
    package static func make(_ text: String) -> String {
        let slug = Slug.make(text, most: maxLength)
        return slug.isEmpty ? blank : slug
    }

    /// Whether a text is a slug as it stands.
    package static func isSlug(_ text: String) -> Bool {
        !text.isEmpty && Slug.make(text, most: maxLength).hasSameBytes(as: text)
    }

    /// The same words without what hides them from a search: `cafe` for `Café`.
    package static func folded(_ text: String) -> String { Slug.make(text, separator: " ", most: .max) }
}
