import Testing

@testable import Catalog

/// The fast look at a cell's bytes against the slow one.
@Suite struct ImportTextTests {
    private enum Outcome: Equatable {
        case scalars(Int)
        case fault(String)
    }

    private func fast(_ bytes: [UInt8], _ isMultiline: Bool) -> Outcome {
        bytes.withUnsafeBufferPointer { cell in
            do throws(ImportFault) {
                return .scalars(try ImportText.scalars(cell, isMultiline: isMultiline))
            } catch {
                return .fault(error.code)
            }
        }
    }

    private func slow(_ bytes: [UInt8], _ isMultiline: Bool) -> Outcome {
        let allowed: [UInt8] = isMultiline ? [0x09, 0x0A, 0x0D] : []
        if bytes.contains(where: { ($0 < 0x20 || $0 == 0x7F) && !allowed.contains($0) }) {
            return .fault("control_character")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return .fault("not_utf8") }
        return .scalars(text.unicodeScalars.count)
    }

    @Test(arguments: [false, true]) func everyByteAtEveryPlace(isMultiline: Bool) {
        for length in 1...19 {
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var bytes = [UInt8](repeating: 0x61, count: length)
                    bytes[place] = byte
                    #expect(fast(bytes, isMultiline) == slow(bytes, isMultiline), "\(byte) at \(place) of \(length)")
                }
            }
        }
    }

    @Test(arguments: ["", "é", "漆漆漆漆漆", "Ωmega and more of it", "naïve words in a row", "~~~~~~~~~", "        "])
    func texts(text: String) {
        #expect(fast(Array(text.utf8), false) == .scalars(text.unicodeScalars.count))
    }
}
