import Support

/// A file below Sources.
struct SourceFile {
    var path: String
    var module: String
    var lines: [String]

    var numberedLines: [(number: Int, line: String)] { lines.enumerated().map { ($0.offset + 1, $0.element) } }

    /// What stands in quotes, with the line where it stands; a literal over several lines counts as one text for each.
    var texts: [(number: Int, text: String)] {
        var isInside = false
        var texts: [(number: Int, text: String)] = []
        for (number, line) in numberedLines {
            let marks = line.ranges(of: "\"\"\"").count
            if marks > 0 {
                if marks % 2 == 1 { isInside.toggle() }
                continue
            }
            if isInside {
                texts.append((number, line))
            } else if !line.trimmed.hasPrefix("//") {
                let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
                for index in stride(from: 1, to: parts.count, by: 2) { texts.append((number, String(parts[index]))) }
            }
        }
        return texts
    }
}

/// Every Swift file below Sources, with the module that its folder makes it a part of.
func sourceFiles() throws -> [SourceFile] {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    var files: [SourceFile] = []
    var folders = ["Sources"]
    while let folder = folders.popLast() {
        for name in Files.names(in: "\(root)/\(folder)") {
            let path = "\(folder)/\(name)"
            if !name.hasSuffix(".swift") {
                folders.append(path)
                continue
            }
            let parts = path.split(separator: "/").map(String.init)
            let isGrouped = ["Kit", "Platform", "Features"].contains(parts[1])
            let text = String(decoding: try Files.read("\(root)/\(path)"), as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            files.append(SourceFile(path: path, module: isGrouped ? parts[2] : parts[1], lines: lines))
        }
    }
    return files.sorted { $0.path < $1.path }
}
