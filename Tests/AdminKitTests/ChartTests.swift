import AdminKit
import AdminKitTestSupport
import Markup
import Testing

@Suite struct ChartTests {
    @Test func aNameHasItsInitialsAndAlwaysTheSameGround() {
        let names = ["Vinho Tinto": "VT", "copo": "C", "2002 Rioja": "2R", "  ": "–", "Élan d'or": "ÉD", "🍷 Wine": "W"]
        for (name, initials) in names {
            let html = Thumb.html(name).text
            #expect(html.contains(">\(initials)</span>"), "\(name): \(html)")
            #expect(html == Thumb.html(name).text)
        }
        let grounds = Set((0..<200).map { String(Thumb.html("Product \($0)").text.dropFirst(20).prefix(4)) })
        #expect(grounds.count == 8, "all grounds are used")
        #expect(!Thumb.html(hostile("name")).text.contains("<script"))
    }

    @Test func aLineNeedsTwoValues() {
        #expect(Sparkline.html([]) == .empty)
        #expect(Sparkline.html([4]) == .empty)
        #expect(Sparkline.html([1, 2]).text.contains("d=\"M0.0 26.0 120.0 3.0\""))
        #expect(Sparkline.html([5, 5, 5]).text.contains("M0.0 14.5 60.0 14.5 120.0 14.5"))
        _ = Sparkline.html([Int64.min / 4, Int64.max / 4])
    }

    @Test func stepsAreDonePresentAndToCome() {
        let assets = Shell.mock(path: "/").assets
        func steps(_ present: Int) -> String {
            let html = Stepper("Steps", ["File", hostile("step"), "Done"], present: present).html(assets)
            #expect(faults(in: html) == [])
            return html.text
        }
        #expect(steps(0).contains("<li aria-current=\"step\"><span class=\"dot\">1</span>File</li>"))
        #expect(steps(1).ranges(of: "class=\"done\"").count == 1 && steps(1).ranges(of: "aria-current").count == 1)
        #expect(steps(3).ranges(of: "class=\"done\"").count == 3 && !steps(3).contains("aria-current"))
        #expect(!steps(0).contains("<script"))
    }

    @Test func barsHaveTheirPartsAndATable() {
        let bars = StackedBars(
            "Rows",
            parts: [.init("Created", colour: 2), .init("Failed", colour: 5)],
            bars: [.init(hostile("bar"), [300, 100]), .init("b", [0, 0]), .init("c", [1, 0])]
        ).html
        #expect(faults(in: bars) == [])
        #expect(bars.text.contains("<rect class=\"f2\" x=\"1\" y=\"250\" width=\"8\" height=\"750\"/>"))
        #expect(bars.text.contains("<rect class=\"f5\" x=\"1\" y=\"0\" width=\"8\" height=\"250\"/>"))
        #expect(bars.text.contains("y=\"992\" width=\"8\" height=\"8\""), "what is there is seen")
        #expect(bars.text.contains("<td>300</td><td>100</td>"))
        #expect(StackedBars("None", parts: [], bars: []).html.text.contains("role=\"img\""))
    }

    @Test func sharesFillTheWhole() {
        #expect(ShareBar.html([]) == .empty)
        #expect(ShareBar.html([(0, 1), (-5, 2)]) == .empty)
        let html = ShareBar.html([(1, 2), (0, 3), (3, 4)]).text
        #expect(html.contains("x=\"0\" y=\"0\" width=\"250\"") && html.contains("x=\"250\" y=\"0\" width=\"750\""))
        #expect(!html.contains("f3"))
    }
}
