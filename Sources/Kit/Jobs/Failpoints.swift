import Glibc

/// Places in the code where a test makes the process die or go wrong on purpose: `BODEGA_FAILPOINT=name:n` acts at the
/// n-th passage. Without the variable every check is one comparison.
public struct Failpoints: Sendable {
    private let name: String?
    private var left: Int

    /// - Parameter setting: `name:n`, or nil for none.
    public init(_ setting: String?) {
        let parts = (setting ?? "").split(separator: ":")
        name = parts.first.map(String.init)
        left = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
    }

    /// As the environment says.
    public static func fromEnvironment() -> Failpoints {
        Failpoints(getenv("BODEGA_FAILPOINT").map { String(cString: $0) })
    }

    /// Whether this passage is the one.
    public mutating func reached(_ point: String) -> Bool {
        guard name == point else { return false }
        left -= 1
        return left == 0
    }

    /// Dies here, as by kill -9, when this passage is the one.
    public mutating func die(at point: String) {
        if reached(point) { kill(getpid(), SIGKILL) }
    }
}
