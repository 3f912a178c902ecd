import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// The fast look at a cell's bytes against the slow one.
@Suite struct ImportTextTests {
    private enum Outcome: Equatable {
        case measure(ImportText.Measure)
        case fault(String)
    }

    private func fast(_ bytes: [UInt8], _ isMultiline: Bool) -> Outcome {
        bytes.withUnsafeBufferPointer { cell in
            do throws(ImportFault) {
                return .measure(try ImportText.measure(cell, isMultiline: isMultiline, hasWide: true))
            } catch {
                return .fault(error.code)
            }
        }
    }

    private func slow(_ bytes: [UInt8], _ isMultiline: Bool) -> Outcome {
        guard let text = String(validating: bytes, as: UTF8.self) else { return .fault("not_utf8") }
        let layout: Set<Unicode.Scalar> = ["\t", "\n", "\r", "\u{2028}", "\u{2029}"]
        let hasControls = text.unicodeScalars.contains { scalar in
            layout.contains(scalar) ? !isMultiline : scalar.properties.generalCategory == .control
        }
        return .measure(ImportText.Measure(scalars: text.unicodeScalars.count, hasControls: hasControls))
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

    @Test(arguments: [
        "", "é", "漆漆漆漆漆", "Ωmega and more of it", "naïve words in a row", "~~~~~~~~~", "        ", "one\u{85}two",
        "a\u{9F}", "a\u{A0}b", "one\u{2028}two", "x\u{2029}", "x\u{202A}", "\u{80}", "Â", "Ã\u{A8}",
    ])
    func texts(text: String) {
        for isMultiline in [false, true] {
            #expect(fast(Array(text.utf8), isMultiline) == slow(Array(text.utf8), isMultiline))
        }
    }

    /// Controls go, what is no control stays, and nothing becomes longer.
    @Test(arguments: [false, true]) func withoutControls(isMultiline: Bool) {
        var random = SeededRandom(5)
        let pieces = [
            "a", "é", " ", "\t", "\n", "\r\n", "\u{B}", "\u{0}", "\u{85}", "\u{2028}", "日", "\u{7F}", "\u{200B}",
        ]
        for _ in 0..<3000 {
            let text = (0..<random.below(12)).map { _ in random.pick(pieces) }.joined()
            let bytes = Array(text.utf8)
            let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count + 1)
            defer { room.deallocate() }
            let count = bytes.withUnsafeBufferPointer {
                ImportText.copyWithoutControls($0, isMultiline: isMultiline, into: room)
            }
            #expect(count <= bytes.count)
            let copy = String(decoding: room[..<count], as: UTF8.self)
            #expect(copy == plain(text, isMultiline), "\(text.debugDescription)")
        }
    }

    /// A run of blanks and controls is one blank where a control is in it; in several lines each control is one.
    private func plain(_ text: String, _ isMultiline: Bool) -> String {
        var runs: [(isGap: Bool, text: String.UnicodeScalarView, hasControl: Bool)] = []
        for scalar in text.unicodeScalars {
            let isLayout = ["\t", "\n", "\r", "\u{2028}", "\u{2029}"].contains(scalar)
            let isControl = isLayout ? !isMultiline : scalar.properties.generalCategory == .control
            let isGap = isControl || scalar == " "
            if runs.last?.isGap != isGap { runs.append((isGap, String.UnicodeScalarView(), false)) }
            runs[runs.count - 1].text.append(isControl ? " " : scalar)
            if isControl { runs[runs.count - 1].hasControl = true }
        }
        return runs.map { $0.isGap && $0.hasControl && !isMultiline ? " " : String($0.text) }.joined()
    }
}
