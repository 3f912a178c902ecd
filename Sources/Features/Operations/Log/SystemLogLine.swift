import Support

/// A line of the system log as it is kept. Its texts hold no control characters.
struct SystemLogLine: Sendable, Equatable {
    var id: Int64
    /// When it was said.
    var createdAt: Timestamp
    var level: Log.Level
    /// The process that said it: `web`, `jobs`, `work` …
    var loggerName: String
    var message: String
    /// Where in the program: module and file.
    var module: String
    var function: String
    var lineNumber: Int64
    var userID: Int64?
    /// The job's key inside.
    var jobID: Int64?
    var sessionID: Int64?
    var requestID: String?
    /// An object of texts.
    var extraData: JSON
    var stackTrace: String?

    /// Names and values beside the message.
    var extras: [(name: String, value: String)] {
        (extraData.members ?? []).map { ($0.name, $0.value.stringValue ?? $0.value.text) }
    }
}
