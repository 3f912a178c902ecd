import Glibc
import Support

/// Keeps the files in `logs/` bounded: one that has grown to its size is put aside under a number, `bodega.log.1`, and
/// of those some are kept. No process needs to be stopped for it: Bodega's own processes open the new file with their
/// next line (`LogOutput.follow`), and nginx does so when it is told.
struct LogFiles {
    static let ofNginx = ["access.log", "nginx-error.log"]
    private static let all = ["bodega.log"] + ofNginx

    let folder: String
    /// Bytes.
    let limit: Int64
    /// How many that were put aside are kept of each.
    let kept: Int

    /// - Returns: the names of those that were put aside.
    func putAside() -> [String] {
        Self.all.filter { name in
            let path = "\(folder)/\(name)"
            guard let size = Files.size(path), size >= limit else { return false }
            for number in stride(from: kept - 1, through: 1, by: -1) {
                rename("\(path).\(number)", "\(path).\(number + 1)")
            }
            removeBeyond(name)
            return rename(path, "\(path).1") == 0
        }
    }

    /// Those with greater numbers: there were more when the setting was another.
    private func removeBeyond(_ name: String) {
        for file in Files.names(in: folder) where file.hasPrefix("\(name).") {
            if let number = Int(file.dropFirst(name.count + 1)), number > kept { unlink("\(folder)/\(file)") }
        }
    }
}
