import AdminKit
import Markup
import Pictures
import Support
import Web

/// The pictures of a product as its page shows them.
package struct ImageSection: Sendable, Equatable {
    var productID: Int64
    /// The version that the form was made from.
    var version: Int64
    var entries: [Entry]
    /// Files that were not taken, and why.
    var refused: [Problem] = []
    /// Whether the product was changed after the form was made.
    var isStale = false

    /// One picture with its controls.
    struct Entry: Sendable, Equatable {
        var image: ProductImage
        /// What those read who cannot see it.
        var alternative: String
        var altText: FormField
        /// Its place, from 1 on.
        var order: FormField
        var isFeatured: Bool
        var isActive: FormField
        var isRemoved: FormField
    }

    var fields: [FormField] { entries.flatMap { [$0.altText, $0.order] } }
}

enum ImageSectionView {
    /// - Parameter canWrite: whether the user may change them; without it they are shown only.
    static func html(_ section: ImageSection, canWrite: Bool, _ shell: Shell) -> HTML {
        """
        <section class="stack ruled" id="pictures" aria-labelledby="pictures-title">
        <h2 id="pictures-title">Pictures</h2>
        \(if: section.isStale, Banner(
            .warning,
            "Another user changed this product meanwhile.",
            role: "alert",
            more: " Nothing of yours is saved yet. The form below holds your values: save again to keep them."
        ).html)
        \(if: section.entries.isEmpty, "<p class=\"quiet\">The product has none.</p>")
        \(if: !section.entries.isEmpty, canWrite ? form(section, shell) : list(section.entries, shown))
        \(if: canWrite, upload(section, shell))
        </section>
        """
    }

    private static func list(_ entries: [ImageSection.Entry], _ item: (ImageSection.Entry) -> HTML) -> HTML {
        "<ul class=\"pictures\">\(each: entries, item)</ul>"
    }

    private static func shown(_ entry: ImageSection.Entry) -> HTML {
        "<li>\(picture(entry))\(facts(entry.image))</li>\n"
    }

    private static func picture(_ entry: ImageSection.Entry) -> HTML {
        let hash = entry.image.picture.hash
        return """
            <a class="picture" href="\(MediaPath.rendition(hash, side: MediaPath.whole))">\
            <img src="\(MediaPath.rendition(hash, side: MediaPath.inCards))" alt="\(entry.alternative)" loading="lazy" \
            width="160" height="160"></a>
            """
    }

    private static func facts(_ image: ProductImage) -> HTML {
        let facts = image.picture.facts
        return """
            <p class="hint">\(if: image.image.isFeatured, "<strong>Featured.</strong> ")\
            \(facts.width) × \(facts.height), \(facts.format.rawValue.uppercased()), \
            \(Format.bytes(image.picture.size))\
            \(if: !image.image.isActive, ", not shown to customers")</p>
            """
    }

    private static func form(_ section: ImageSection, _ shell: Shell) -> HTML {
        let action = CatalogPath.saveProductImages(section.productID).description
        return """
            <form class="stack" method="post" action="\(action)" novalidate>
            \(shell.csrf.html)\(Form.Hidden("version", String(section.version)).html)
            \(list(section.entries, controls))
            <div class="form-actions"><button class="button primary">Save pictures</button></div>
            </form>
            """
    }

    private static func controls(_ entry: ImageSection.Entry) -> HTML {
        let id = "featured-\(entry.image.id)"
        return """
            <li>\(picture(entry))\(facts(entry.image))
            \(entry.altText.html)\(entry.order.html)
            <div class="check"><input type="radio" id="\(id)" name="featured" value="\(entry.image.id)"\
            \(if: entry.isFeatured, " checked")> <label for="\(id)">Stands for the product</label></div>
            \(entry.isActive.html)\(entry.isRemoved.html)</li>

            """
    }

    private static func upload(_ section: ImageSection, _ shell: Shell) -> HTML {
        let accepted = PictureFormat.allCases.map(\.mediaType).joined(separator: ",")
        let isRefused = !section.refused.isEmpty
        return """
            <form class="form" method="post" action="\(CatalogPath.productImages(section.productID).description)" \
            enctype="multipart/form-data">
            \(shell.csrf.html)
            <div class="field\(if: isRefused, " has-error")">
            <label for="field-file">Add pictures</label>
            <p class="hint" id="field-file-hint">JPEG, PNG, WebP, GIF, AVIF or HEIC, several at a time, up to \
            \(Format.bytes(Int64(PictureLimits.bytes))) each.</p>
            \(each: section.refused, { "<p class=\"field-error\">\($0.detail)</p>" })
            <input class="input" type="file" id="field-file" name="file" multiple required \
            accept="\(accepted)" aria-describedby="field-file-hint"\(if: isRefused, " aria-invalid=\"true\"")>
            </div>
            <div class="form-actions"><button class="button">Upload</button></div>
            </form>
            """
    }
}
