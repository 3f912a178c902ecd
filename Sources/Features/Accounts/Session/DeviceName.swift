/// What a browser or program calls itself, in words: `Firefox on Windows`. User agents are claims, good enough to know
/// one's own devices by.
enum DeviceName {
    // In the order in which they are looked for: most browsers also claim to be older ones.
    private static let programs: [(mark: String, name: String)] = [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"), ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Headless Chrome"),
        ("Chrome/", "Chrome"), ("Chromium/", "Chromium"), ("Safari/", "Safari"), ("curl/", "curl"),
        ("Wget/", "Wget"), ("python-requests/", "Python requests"), ("PostmanRuntime/", "Postman"),
    ]

    private static let systems: [(mark: String, name: String)] = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"), ("Macintosh", "macOS"), ("Linux", "Linux"), ("FreeBSD", "FreeBSD"),
    ]

    /// - Parameter userAgent: as it was sent; "" when there was none.
    static func words(_ userAgent: String) -> String {
        let program = programs.first { userAgent.contains($0.mark) }?.name
        let system = systems.first { userAgent.contains($0.mark) }?.name
        switch (program, system) {
        case (let program?, let system?): return "\(program) on \(system)"
        case (let program?, nil): return program
        case (nil, let system?): return "Unknown program on \(system)"
        case (nil, nil):
            // Programs name themselves first: `shop-sync/2.1 (…)`.
            let name = userAgent.prefix { !$0.isWhitespace && $0 != "/" && $0 != "(" }
            return name.isEmpty || name.count > 40 ? "Unknown device" : String(name)
        }
    }
}
