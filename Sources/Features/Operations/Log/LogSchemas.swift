import Support
import Web

/// What the API of the system log sends.
enum LogSchemas {
    static let all: [NamedSchema] = [
        NamedSchema("SystemLogLine", line.example(example)),
        NamedSchema("SystemLogLineList", .page(of: "SystemLogLine", example: example)),
    ]

    private static let example: JSON = [
        "id": 7, "created_at": "2026-11-24T17:03:50.000Z", "level": "warning", "logger_name": "web",
        "message": "request failed", "module": "App/ErrorResponses.swift", "function": "response(to:of:_:)",
        "line_number": 34, "user_id": 3, "job_id": nil, "session_id": 9,
        "request_id": "5671ba3510f05f4f563e6bd64abea1a9",
        "extra_data": ["method": "POST", "path": "/api/products", "status": "503"], "stack_trace": nil,
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
