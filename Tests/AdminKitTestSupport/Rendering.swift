import Glibc
package import Markup

/// Writes a page into the folder that BODEGA_RENDER_DIR names, to be looked at in a browser; does nothing without it.
/// - Parameter name: the file's name without its ending.
package func render(_ name: String, _ page: HTML) {
    guard let folder = getenv("BODEGA_RENDER_DIR").map({ String(cString: $0) }),
        let file = fopen("\(folder)/\(name).html", "w")
    else { return }
    let bytes = Array(page.text.utf8)
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
}
