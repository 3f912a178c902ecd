package import Support

/// A line of the system log as it is kept. Its texts hold no control characters.
package struct SystemLogLine: Sendable, Equatable {
    package var id: Int64
    /// When it was said.
    package var createdAt: Timestamp
    package var level: Log.Level
    /// The process that said it: `web`, `jobs`, `work` …
    package var loggerName: String
    package var message: String
    /// Where in the program: module and file.
    package var module: String
    package var function: String
    package var lineNumber: Int64
    package var userID: Int64?
    /// The job's key inside.
    package var jobID: Int64?
    package var sessionID: Int64?
    package var requestID: String?
    /// An object of texts.
    package var extraData: JSON
    package var stackTrace: String?

    /// Names and values beside the message.
    package var extras: [(name: String, value: String)] {
        (extraData.members ?? []).map { ($0.name, $0.value.stringValue ?? $0.value.text) }
    }
}
