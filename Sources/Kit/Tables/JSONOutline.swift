import Support

/// Where in a JSON object its lists of objects stand, as far as the beginning of the text shows.
struct JSONOutline {
    /// A list of objects, or an object whose members are objects of one shape.
    struct Place: Equatable {
        /// The names that lead to it, parted by points; empty for the whole.
        var path: String
        /// How many names lead to its objects.
        var depth: Int
        /// The objects stand under names of their own.
        var isKeyed: Bool
    }

    /// In the order of the text.
    private(set) var places: [Place] = []
    /// The names of the outermost object.
    private(set) var names: [String] = []
    /// Nothing follows the outermost object, as far as can be seen.
    private(set) var isOneObject = true
    /// The text goes on behind what was looked at.
    let isCut: Bool

    /// Lists below are none that a program would give out for import.
    private static let depthLimit = 4

    private let text: ArraySlice<UInt8>
    private var index: Int

    /// - Parameters:
    ///   - text: begins with an object, perhaps behind a byte order mark.
    ///   - isWhole: nothing follows it.
    init(_ text: [UInt8], isWhole: Bool) {
        self.text = text[...]
        isCut = !isWhole
        index = text.starts(with: byteOrderMark) ? byteOrderMark.count : 0
        _ = sign
        names = object("", depth: 0)
        isOneObject = sign == nil
    }

    /// The lists that may be meant: those under the fewest names.
    var candidates: [Place] {
        let least = places.map(\.depth).min() ?? 0
        let nearest = places.filter { $0.depth == least }
        let lists = nearest.filter { !$0.isKeyed }
        return lists.isEmpty ? nearest : lists
    }

    /// The text of a name as it is written.
    static func text(_ name: [UInt8]) -> [UInt8] {
        guard name.contains(UInt8(ascii: "\\")) else { return name }
        let quoted = [UInt8(ascii: "\"")] + name + [UInt8(ascii: "\"")]
        return (try? JSON.parse(quoted))?.stringValue.map { Array($0.utf8) } ?? name
    }

    /// The next byte that is no white space.
    private var sign: UInt8? {
        mutating get {
            while index < text.endIndex {
                let byte = text[index]
                guard byte == 0x20 || byte == 0x09 || byte == lineFeed || byte == carriageReturn else { return byte }
                index += 1
            }
            return nil
        }
    }

    /// Goes over an object and notes the lists in it.
    /// - Returns: the names of its members.
    private mutating func object(_ path: String, depth: Int) -> [String] {
        var names: [String] = []
        var shapes: [Set<String>] = []
        var isOfObjects = true
        index += 1
        while let byte = sign, byte == UInt8(ascii: "\"") {
            let name = String(decoding: Self.text(readText()), as: UTF8.self)
            guard sign == UInt8(ascii: ":") else { break }
            index += 1
            let place = path.isEmpty ? name : "\(path).\(name)"
            guard let first = sign else { break }
            names.append(name)
            if first == UInt8(ascii: "{"), depth < Self.depthLimit {
                shapes.append(Set(object(place, depth: depth + 1)))
            } else {
                isOfObjects = false
                if first == UInt8(ascii: "["), depth < Self.depthLimit, isListOfObjects {
                    places.append(Place(path: place, depth: depth + 1, isKeyed: false))
                }
                skipValue()
            }
            guard sign == UInt8(ascii: ",") else { break }
            index += 1
        }
        if sign == UInt8(ascii: "}") { index += 1 }
        if isOfObjects, shapes.count > 1, Self.areAlike(shapes[0], shapes[1]) {
            places.append(Place(path: path, depth: depth + 1, isKeyed: true))
        }
        return names
    }

    /// Half of the names of either stand in the other.
    private static func areAlike(_ one: Set<String>, _ other: Set<String>) -> Bool {
        let common = one.intersection(other).count
        return common > 0 && common * 2 >= max(one.count, other.count)
    }

    /// Whether the first thing in an array is an object.
    private var isListOfObjects: Bool {
        var rest = text[(index + 1)...]
        while let byte = rest.first, byte == 0x20 || byte == 0x09 || byte == lineFeed || byte == carriageReturn {
            rest.removeFirst()
        }
        return rest.first == UInt8(ascii: "{")
    }

    private mutating func readText() -> [UInt8] {
        index += 1
        let start = index
        while index < text.endIndex, text[index] != UInt8(ascii: "\"") {
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index = min(index, text.endIndex)
        defer { index = min(index + 1, text.endIndex) }
        return Array(text[start..<index])
    }

    private mutating func skipValue() {
        var depth = 0
        while let byte = sign {
            switch byte {
            case UInt8(ascii: "\""): _ = readText()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { return }
                depth -= 1
                index += 1
            case UInt8(ascii: ","):
                guard depth > 0 else { return }
                index += 1
                continue
            default:
                index += 1
                continue
            }
            if depth == 0 { return }
        }
    }
}
