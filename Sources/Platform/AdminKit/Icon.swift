package import Markup

/// A 16-pixel drawing of the sprite `static/icons.svg`, in the colour of the text beside it. It says nothing by itself:
/// a word always stands with it.
package enum Icon: String, Sendable, CaseIterable {
    case home, box, tag, tree, upload, download, image, users, user, spark, hook, feed, clock, jobs, log, key, shield
    case gear, search, plus, check, columns, alert, info, ban, undo, retry, file, calendar, disk, bell, merge, shop,
        link

    package func html(_ assets: StaticAssets) -> HTML {
        """
        <svg class="i" aria-hidden="true" focusable="false">\
        <use href="\(assets.path("icons.svg"))#\(rawValue)"/></svg>
        """
    }
}
