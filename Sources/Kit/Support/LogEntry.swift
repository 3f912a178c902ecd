import Glibc

/// One thing that a process says, and its two forms. Both are one line of at most `mostBytes`, which is what a pipe
/// takes at once (PIPE_BUF): lines of several processes do not mix.
public struct LogEntry: Sendable, Equatable {
    public struct Field: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public static let mostBytes = 4096
    /// Ties a line to something else; these stand beside the message in JSON, all others under `data`.
    public static let references = ["request_id", "job_id", "user_id", "session_id"]

    public var time: Timestamp
    public var level: Log.Level
    /// Which process speaks.
    public var logger: String
    public var pid: Int32
    public var message: String
    /// Where it is said: module and file, `App/ErrorResponses`.
    public var module: String
    public var function: String
    public var line: Int
    /// Each name once.
    public private(set) var fields: [Field] = []

    public init(
        _ level: Log.Level,
        _ logger: String,
        _ message: String,
        module: String = "",
        function: String = "",
        line: Int = 0,
        time: Timestamp = .now()
    ) {
        self.time = time
        self.level = level
        self.logger = logger
        pid = getpid()
        self.message = message.withoutSecrets
        self.module = module
        self.function = function
        self.line = line
    }

    /// Adds a value; the first of a name stands.
    public mutating func add(_ name: String, _ value: String) {
        if self[name] == nil { fields.append(Field(name, value.withoutSecrets)) }
    }

    public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// What is neither a reference nor empty.
    public var others: [Field] { fields.filter { !Self.references.contains($0.name) } }

    // MARK: Writing

    // One value may not take the whole line.
    private static let mostOfOne = 1500
    private static let mostOfName = 120
    // Braces, an ellipsis and the line break still go behind what was measured.
    private static let reserve = 24

    /// The line with its break.
    func bytes(_ format: Log.Format) -> [UInt8] {
        format == .json ? json : text
    }

    /// `2026-11-25T12:00:00.000Z warning web[123] "request failed" status=500`.
    private var text: [UInt8] {
        var out = Array("\(time.rfc3339) \(level.rawValue) \(logger)[\(pid)] ".utf8)
        Self.word(message, Self.mostOfOne, to: &out)
        for field in fields {
            let room = Self.mostBytes - Self.reserve - out.count - field.name.utf8.count
            guard room > Self.reserve else { break }
            out += " \(field.name)=".utf8
            Self.word(field.value, min(room, Self.mostOfOne), to: &out)
        }
        out.append(0x0A)
        return out
    }

    /// As it is when it is one plain word, else quoted.
    private static func word(_ text: String, _ most: Int, to out: inout [UInt8]) {
        let isPlain =
            !text.isEmpty && text.utf8.count <= most
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D && $0 != 0x5C }
        if isPlain { out += text.utf8 } else { text.appendQuoted(to: &out, most: most) }
    }

    /// `{"time":"…","level":"warning","logger":"web","pid":123,"message":"…",…,"data":{…}}`.
    private var json: [UInt8] {
        var out = Array("{\"time\":\"\(time.rfc3339)\",\"level\":\"\(level.rawValue)\",\"logger\":".utf8)
        logger.appendQuoted(to: &out, most: Self.mostOfName)
        out += ",\"pid\":\(pid),\"message\":".utf8
        message.appendQuoted(to: &out, most: Self.mostOfOne)
        out += ",\"module\":".utf8
        module.appendQuoted(to: &out, most: Self.mostOfName)
        out += ",\"function\":".utf8
        function.appendQuoted(to: &out, most: Self.mostOfName)
        out += ",\"line\":\(line)".utf8
        for field in fields where Self.references.contains(field.name) {
            out += ",\"\(field.name)\":".utf8
            field.value.appendQuoted(to: &out, most: Self.mostOfName)
        }
        var separator = ",\"data\":{"
        for field in others {
            let room = Self.mostBytes - 2 * Self.reserve - out.count - 6 * field.name.utf8.count
            guard room > Self.reserve else { break }
            out += separator.utf8
            field.name.appendQuoted(to: &out, most: Self.mostOfName)
            out.append(0x3A)
            field.value.appendQuoted(to: &out, most: min(room, Self.mostOfOne))
            separator = ","
        }
        out += (separator == "," ? "}}\n" : "}\n").utf8
        return out
    }

    // MARK: Reading

    /// Reads the JSON form; nil when it is none.
    public init?(json bytes: [UInt8]) {
        guard let json = try? JSON.parse(bytes, depth: 3),
            let time = json["time"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }),
            let level = json["level"]?.stringValue.flatMap({ Log.Level(rawValue: $0) }),
            let logger = json["logger"]?.stringValue, let message = json["message"]?.stringValue
        else { return nil }
        self.init(
            level,
            logger,
            message,
            module: json["module"]?.stringValue ?? "",
            function: json["function"]?.stringValue ?? "",
            line: Int(clamping: json["line"]?.intValue ?? 0),
            time: time
        )
        pid = Int32(clamping: json["pid"]?.intValue ?? 0)
        for name in Self.references { if let value = json[name]?.stringValue { add(name, value) } }
        for member in json["data"]?.members ?? [] {
            if let value = member.value.stringValue { add(member.name, value) }
        }
    }
}
