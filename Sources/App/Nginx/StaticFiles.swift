import Glibc
import Process
import Support

/// The folder of style sheets and scripts, and the version of its content that stands in its addresses.
enum StaticFiles {
    /// The folder `static` beside the program (`static-<hash>` for `bodega-<hash>`), or in a folder above it.
    static func folder(forProgram program: String) -> String? {
        var folder = parent(of: program)
        let name = program.dropFirst(folder.count + 1)
        if name.hasPrefix("bodega-") {
            let sibling = "\(folder)/static-\(name.dropFirst(7))"
            if Files.exists(sibling) { return sibling }
        }
        while folder.count > 1 {
            if Files.exists("\(folder)/static") && Files.exists("\(folder)/Package.swift") { return "\(folder)/static" }
            folder = parent(of: folder)
        }
        return nil
    }

    /// Sets folder and version of the static files, where the settings do not name them.
    /// - Parameter program: the file that runs now.
    static func find(for settings: inout Settings, program: String) throws(CommandError) {
        if settings.staticFolder.isEmpty {
            guard let found = folder(forProgram: program) else {
                throw CommandError("There is no folder with static files beside \(program); see --static-folder.")
            }
            settings.staticFolder = found
        }
        settings.staticHash = hash(of: settings.staticFolder)
    }

    /// Sixteen hexadecimal digits over every name and content, in order.
    static func hash(of folder: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        add(folder, "", to: &hash)
        return (0..<8).map { UInt8(truncatingIfNeeded: hash >> UInt64(56 - 8 * $0)) }.hex
    }

    private static func add(_ folder: String, _ prefix: String, to hash: inout UInt64) {
        for name in Files.names(in: folder) {
            let path = "\(folder)/\(name)"
            if let content = try? Files.read(path) {
                mix(Array("\(prefix)\(name)\0\(content.count)\0".utf8), into: &hash)
                mix(content, into: &hash)
            } else {
                add(path, "\(prefix)\(name)/", to: &hash)
            }
        }
    }

    /// FNV-1a.
    private static func mix(_ bytes: [UInt8], into hash: inout UInt64) {
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    private static func parent(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}
