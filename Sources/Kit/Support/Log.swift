import Glibc

/// One structured line on standard error: time, level, message, then `key=value` pairs. Values are quoted, so a value
/// can never forge a line.
public struct Log: Sendable {
    public enum Level: String, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error

        public static func < (left: Level, right: Level) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// Which process speaks: `web`, `jobs`, `work` …
    public var component: String
    /// Lines below this level are dropped.
    public var threshold: Level
    private let sink: @Sendable (String) -> Void

    public init(
        component: String,
        threshold: Level = .info,
        sink: @escaping @Sendable (String) -> Void = Log.standardError
    ) {
        self.component = component
        self.threshold = threshold
        self.sink = sink
    }

    /// Writes the whole line with one write(2), so that lines of several processes do not mix.
    public static let standardError: @Sendable (String) -> Void = { line in
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }

    public func log(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, String?> = [:]) {
        guard level >= threshold else { return }
        var line = "\(Timestamp.now().rfc3339) \(level.rawValue) \(component)[\(getpid())] \(message.logQuoted)"
        for (key, value) in fields where value != nil {
            line += " \(key)=\((value ?? "").logQuoted)"
        }
        sink(line)
    }

    public func info(_ message: String, _ fields: KeyValuePairs<String, String?> = [:]) {
        log(.info, message, fields)
    }
    public func warning(_ message: String, _ fields: KeyValuePairs<String, String?> = [:]) {
        log(.warning, message, fields)
    }
    public func error(_ message: String, _ fields: KeyValuePairs<String, String?> = [:]) {
        log(.error, message, fields)
    }
}

extension String {
    /// As it is when it is one plain word, else as a JSON string.
    fileprivate var logQuoted: String {
        let plain = !isEmpty && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D && $0 != 0x5C }
        return plain ? self : JSON.string(self).text
    }
}
