/// What one program hands to the next when a supervisor replaces its own program: descriptors by name, and the children
/// that run. It travels in one environment variable.
public struct Handover: Sendable, Equatable {
    /// The environment variable's name.
    public static let variable = "BODEGA_HANDOVER"

    /// A child that goes on running.
    public struct Child: Sendable, Equatable {
        public var name: String
        public var pid: Int32
        public var slot: Int?

        public init(name: String, pid: Int32, slot: Int?) {
            self.name = name
            self.pid = pid
            self.slot = slot
        }
    }

    public var descriptors: [String: Int32]
    public var children: [Child]
    /// The program that hands over, to which a next one goes back that cannot take over; nil on the way back.
    public var former: String?

    public init(descriptors: [String: Int32], children: [Child], former: String? = nil) {
        self.descriptors = descriptors
        self.children = children
        self.former = former
    }

    /// `lock=3,web=4;nginx=812,web=815/2;/path`
    public var text: String {
        let first = descriptors.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let second = children.map { child in "\(child.name)=\(child.pid)\(child.slot.map { "/\($0)" } ?? "")" }
        let third = former.map { ";\($0)" } ?? ""
        return "\(first.joined(separator: ","));\(second.joined(separator: ","))\(third)"
    }

    /// Nil when the text is not of that form.
    public init?(_ text: String) {
        let halves = text.split(separator: ";", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count >= 2 else { return nil }
        former = halves.count > 2 ? String(halves[2]) : nil
        descriptors = [:]
        children = []
        for entry in halves[0].split(separator: ",") {
            let parts = entry.split(separator: "=")
            guard parts.count == 2, let number = Int32(parts[1]) else { return nil }
            descriptors[String(parts[0])] = number
        }
        for entry in halves[1].split(separator: ",") {
            let parts = entry.split(whereSeparator: { $0 == "=" || $0 == "/" })
            guard parts.count == 2 || parts.count == 3, let pid = Int32(parts[1]) else { return nil }
            let slot = parts.count == 3 ? Int(parts[2]) : nil
            children.append(Child(name: String(parts[0]), pid: pid, slot: slot))
        }
    }
}
