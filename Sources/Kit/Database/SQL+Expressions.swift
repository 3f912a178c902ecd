public import Support

extension SQL {
    /// The value of `updated_at` in an UPDATE: the time, but never older than what stands there, whatever the clock
    /// says.
    public static func updated(at now: Timestamp) -> SQL {
        "CASE WHEN updated_at > \(now) THEN updated_at ELSE \(now) END"
    }

    /// The last `length` characters of a text; all of a shorter one.
    public static func suffix(_ length: Int64, of text: SQL) -> SQL {
        "SUBSTR(\(text), CASE WHEN LENGTH(\(text)) > \(length) THEN LENGTH(\(text)) - \(length - 1) ELSE 1 END)"
    }
}
