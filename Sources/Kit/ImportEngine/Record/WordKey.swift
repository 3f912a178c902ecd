import Support

/// How words of cells are compared: without case, without the dots of Turkish, and without what stands between letters,
/// so that `N/A`, `n.a.` and `#N/A` are one word, and `YAYINDA` is `yayında`.
enum WordKey {
    /// - Returns: letters and digits only; empty where there are none.
    static func of(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.caseFolded.unicodeScalars {
            if scalar == "ı" {
                scalars.append("i")
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                scalars.append(scalar)
            }
        }
        return String(scalars)
    }
}
