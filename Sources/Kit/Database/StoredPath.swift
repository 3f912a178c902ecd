/// Where a file is, as the database may hold it: a text that stays true when the data folder is moved, and that in a
/// copy of the folder means the copy's own file.
public enum StoredPath: Sendable, Equatable {
    /// A file of ours, named from the data folder: `spool/uploads/0192…`.
    case inFolder(String)
    /// A user's own file, named from the root. It is not ours and only ever read.
    case outside(String)

    /// - Parameter path: from the root.
    /// - Parameter folder: the data folder, see `Connection.folder`.
    public init(_ path: String, in folder: String) {
        self = path.hasPrefix("\(folder)/") ? .inFolder(String(path.dropFirst(folder.count + 1))) : .outside(path)
    }

    /// Reads what the database holds; nil for an empty text and for one that leads out of the folder again.
    public init?(text: String) {
        guard !text.isEmpty else { return nil }
        guard !text.hasPrefix("/") else {
            self = .outside(text)
            return
        }
        guard !text.split(separator: "/").contains("..") else { return nil }
        self = .inFolder(text)
    }

    /// What the database holds.
    public var text: String {
        switch self {
        case .inFolder(let path), .outside(let path): path
        }
    }

    /// The path from the root.
    /// - Parameter folder: the data folder, where it is now.
    public func path(in folder: String) -> String {
        switch self {
        case .inFolder(let path): "\(folder)/\(path)"
        case .outside(let path): path
        }
    }
}

extension Connection {
    /// The folder in which the database stands, from which stored paths count; empty for one in memory, whose paths
    /// count from the root.
    public var folder: String {
        guard gate != nil, let slash = path.lastIndex(of: "/") else { return "" }
        return String(path[..<slash])
    }
}
