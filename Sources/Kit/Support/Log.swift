import Glibc

/// Structured lines: time, level, message and named values, as text or as JSON. Values are quoted, so a value can never
/// forge a line; what looks like a secret is left out; a line is never longer than `LogEntry.mostBytes`.
///
/// A line goes two ways, and neither ever waits. One is the process's output, from the threshold on. The other is the
/// spool, from which the runner brings lines into the table of the system log: the writer knows neither database nor
/// gate (see `LogSpool`). What one of the two cannot take just now (a full disk, a pipe that nobody reads) is counted
/// there and told with the next line that it takes.
public struct Log: Sendable {
    public enum Level: String, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error

        public static func < (left: Level, right: Level) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// What the lines of the output look like.
    public enum Format: String, Sendable, CaseIterable {
        case text, json
    }

    /// Which process speaks: `web`, `jobs`, `work` …
    public var component: String
    /// Lines below this level do not go to the output.
    public var threshold: Level
    private let format: Format
    private let output: LogOutput
    private let spool: LogOutput?
    private let now: @Sendable () -> Timestamp
    private var context: [LogEntry.Field] = []

    /// - Parameters:
    ///   - spool: takes every line from `info` on, whatever the threshold: which of them are kept is decided by whoever
    ///     collects them, so that a change of mind needs no restart.
    ///   - now: the time of each line.
    public init(
        component: String,
        threshold: Level = .info,
        format: Format = .text,
        output: LogOutput = .standardError,
        spool: LogSpool? = nil,
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.component = component
        self.threshold = threshold
        self.format = format
        self.output = output
        self.now = now
        self.spool = spool.map { spool in LogOutput { spool.append($0) } }
    }

    /// Hands every line to a closure.
    public init(
        component: String,
        threshold: Level = .info,
        format: Format = .text,
        spool: LogSpool? = nil,
        sink: @escaping @Sendable (String) -> Void
    ) {
        let output = LogOutput { bytes in
            sink(String(decoding: bytes.dropLast(), as: UTF8.self))
            return true
        }
        self.init(component: component, threshold: threshold, format: format, output: output, spool: spool)
    }

    /// The same log with values that stand in each of its lines, e.g. the job that they are about.
    public func adding(_ fields: KeyValuePairs<String, String?>) -> Log {
        var log = self
        for (key, value) in fields { if let value { log.context.append(LogEntry.Field(key, value)) } }
        return log
    }

    /// - Parameters:
    ///   - fields: `request_id`, `job_id`, `user_id` and `session_id` tie the line to those; any others may be added.
    ///   - fileID, function, line: where it is said; left out by callers.
    public func log(
        _ level: Level,
        _ message: String,
        _ fields: KeyValuePairs<String, String?> = [:],
        fileID: StaticString = #fileID,
        function: StaticString = #function,
        line: Int = #line
    ) {
        let isShown = level >= threshold
        guard isShown || (spool != nil && level >= .info) else { return }
        var entry = LogEntry(
            level,
            component,
            message,
            module: Self.module(fileID),
            function: "\(function)",
            line: line,
            time: now()
        )
        for (key, value) in fields { if let value { entry.add(key, value) } }
        for field in context { entry.add(field.name, field.value) }
        if isShown { output.put(entry, format) }
        spool?.put(entry, .json)
    }

    public func info(
        _ message: String,
        _ fields: KeyValuePairs<String, String?> = [:],
        fileID: StaticString = #fileID,
        function: StaticString = #function,
        line: Int = #line
    ) {
        log(.info, message, fields, fileID: fileID, function: function, line: line)
    }

    public func warning(
        _ message: String,
        _ fields: KeyValuePairs<String, String?> = [:],
        fileID: StaticString = #fileID,
        function: StaticString = #function,
        line: Int = #line
    ) {
        log(.warning, message, fields, fileID: fileID, function: function, line: line)
    }

    public func error(
        _ message: String,
        _ fields: KeyValuePairs<String, String?> = [:],
        fileID: StaticString = #fileID,
        function: StaticString = #function,
        line: Int = #line
    ) {
        log(.error, message, fields, fileID: fileID, function: function, line: line)
    }

    /// `App/ErrorResponses.swift` → `App/ErrorResponses`.
    private static func module(_ fileID: StaticString) -> String {
        let text = "\(fileID)"
        return text.hasSuffix(".swift") ? String(text.dropLast(6)) : text
    }
}
