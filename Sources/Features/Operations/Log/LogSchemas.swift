import Support
import Web

/// What the API of the system log sends.
enum LogSchemas {
    static let all: [NamedSchema] = [
        NamedSchema("SystemLogLine", line), NamedSchema("SystemLogLineList", .page(of: "SystemLogLine")),
    ]

    private static let line = Schema.object([
        "id": .integer(nil, 1...Int64.max),
        "created_at": .time("When it was said."),
        "level": .choice(Log.Level.allCases.map(\.rawValue)),
        "logger_name": .text("The process that said it: web, slow, events, jobs, work, index, serve."),
        "message": .text("Control characters are written out, as `\\u001b`."),
        "module": .text("Where in the program: module and file."),
        "function": .text(),
        "line_number": .count(),
        "user_id": .integer("Whose request it was.").orNull,
        "job_id": Schema.text("The job that it is about.", format: "uuid").orNull,
        "session_id": .integer("In which session.").orNull,
        "request_id": Schema.text("The X-Request-Id of the answer.").orNull,
        "extra_data": .map(of: .text(), "Whatever else was said, by name."),
        "stack_trace": Schema.text().orNull,
    ])
}
