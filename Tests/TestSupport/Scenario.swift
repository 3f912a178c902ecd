public import Web

/// One row of a table of API tests: a call and what its answer must be. The same table runs against a handler in this
/// process and against a real server.
public struct Scenario: Sendable, CustomStringConvertible {
    public var name: String
    public var call: Call
    public var status: Int
    /// Headers that must stand in the answer with exactly these values.
    public var answers: Fields
    /// Texts that must stand in the body.
    public var contains: [String]
    /// Texts that must not stand in the body.
    public var notContains: [String]

    public init(
        _ name: String,
        _ method: Web.Method,
        _ target: String,
        headers: Fields = .headers(),
        body: String = "",
        status: Int,
        answers: Fields = .headers(),
        contains: [String] = [],
        notContains: [String] = []
    ) {
        self.name = name
        call = Call(method, target, headers: headers, body: Array(body.utf8))
        self.status = status
        self.answers = answers
        self.contains = contains
        self.notContains = notContains
    }

    public var description: String { name }

    /// What is not as it must be, one line each; empty when all is well.
    public func failures(with client: TestClient) throws -> [String] {
        let answer = try client.send(call)
        var failures: [String] = []
        if answer.status != status {
            failures.append("\(name): status \(answer.status), not \(status): \(answer.text)")
        }
        for field in answers.all where answer.headers[field.name] != field.value {
            failures.append("\(name): \(field.name) is \(answer.headers[field.name] ?? "absent"), not \(field.value)")
        }
        for text in contains where !answer.text.contains(text) {
            failures.append("\(name): '\(text)' is missing in: \(answer.text)")
        }
        for text in notContains where answer.text.contains(text) {
            failures.append("\(name): '\(text)' must not stand in: \(answer.text)")
        }
        return failures
    }
}
