package import AdminKit
package import ImportEngine
import Markup
import Records
import Support
import Web

/// What the pages of a plan show.
package struct ImportPlanModel: Sendable, Equatable {
    package var counts: PlanCounts
    package var heldBack: Int64 = 0
    /// Which rows are shown: names of states with commas between, or `held_back`.
    package var filter: String
    package var rows: [PlanRow] = []
    package var pagination: Pagination
    /// Where the list stands, for the links of its filters.
    package var list: ListState
    package var isDeletion = false
    /// What its rows become.
    package var target: ImportTarget
    package var newBrands = ImportWarningSummary.NewBrands()

    package init(counts: PlanCounts, filter: String, pagination: Pagination, list: ListState, target: ImportTarget) {
        self.counts = counts
        self.filter = filter
        self.pagination = pagination
        self.list = list
        self.target = target
    }

    /// What the main button says: what it does, and to how many.
    package var confirmTitle: String {
        let rows = counts[.create] + counts[.update]
        if counts.changes == 0 { return "Finish without changes" }
        if counts[.delete] > 0 { return "Delete \(Format.count(counts[.delete], Noun("product", "products")))" }
        if rows == 0 { return "Make \(Format.count(counts[.deactivate], Noun("product a draft", "products drafts")))" }
        return "Import \(Format.count(rows, Noun("row", "rows")))"
    }

    /// Every row that changes something.
    package static let changesFilter = PlanState.allCases.filter(\.isChange).map(\.name).joined(separator: ",")
}

/// What an import will do: in numbers that lead to the rows, and row by row, field by field.
enum ImportPlanView {
    static func html(_ model: ImportPlanModel, ignored: [String], prices: [String] = []) -> HTML {
        """
        <section class="stack" aria-labelledby="plan-title" id="plan">
        <h2 id="plan-title">What the import does</h2>
        <ul class="tiles plan-tiles">\(each: tiles(model), { tile($0, model) })</ul>
        \(notes(model, ignored, prices))
        </section>
        <section class="stack" aria-labelledby="plan-rows-title">
        <div class="section-head"><h2 id="plan-rows-title">\(heading(model))</h2>\(allChanges(model))</div>
        \(model.rows.isEmpty ? "<p class=\"quiet\">There are no such rows.</p>" : table(model))
        \(if: !model.rows.isEmpty, model.pagination.html)
        </section>
        """
    }

    // MARK: Numbers

    private struct Tile {
        var filter: String
        var title: String
        var count: Int64
        var tone: Tone
        var note: String
    }

    private static func tiles(_ model: ImportPlanModel) -> [Tile] {
        let all: [Tile] = PlanState.allCases.map { state in
            Tile(
                filter: state.name,
                title: PlanMessages.title(state),
                count: model.counts[state],
                tone: tone(state),
                note: note(state)
            )
        }
        // What this file cannot bring is only shown when it is there.
        let always: [PlanState] =
            model.isDeletion
            ? [.delete, .skip, .reject]
            : [
                .create, .update, .unchanged, .skip, .reject,
            ]
        var shown = all.filter { tile in tile.count > 0 || always.contains { $0.name == tile.filter } }
        if model.heldBack > 0 {
            shown.append(
                Tile(
                    filter: PlanFilter.heldBackName,
                    title: "Held back",
                    count: model.heldBack,
                    tone: .warning,
                    note: "Changed after the plan was made"
                )
            )
        }
        return shown
    }

    static func tone(_ state: PlanState) -> Tone {
        switch state {
        case .create: .success
        case .update: .info
        case .delete, .reject: .danger
        case .deactivate: .warning
        case .unchanged, .skip: .neutral
        }
    }

    private static func note(_ state: PlanState) -> String {
        switch state {
        case .create: "New products"
        case .update: "Known products that change"
        case .delete: "Products that are removed"
        case .unchanged: "As they are stored"
        case .skip: "Valid, but not applied"
        case .reject: "Wrong, left out"
        case .deactivate: "Not in the file"
        }
    }

    private static func tile(_ tile: Tile, _ model: ImportPlanModel) -> HTML {
        """
        <li class="tile"><a href="\(model.list.link([("state", tile.filter)]))#plan-rows-title"\
        \(if: tile.filter == model.filter, " aria-current=\"true\"")>\
        <span class="tile-title tone-\(tile.tone.rawValue)">\(tile.tone.mark) \(tile.title)</span>\
        <span class="tile-value">\(Format.integer(tile.count))</span>\
        <span class="tile-note">\(tile.note)</span></a></li>
        """
    }

    private static func notes(_ model: ImportPlanModel, _ ignored: [String], _ prices: [String]) -> HTML? {
        let others = ignored.filter { name in !prices.contains { $0.hasSameBytes(as: name) } }
        let warnings = PlanJSON.warnings(model.counts)
        let brands = PlanMessages.text(model.newBrands)
        guard !warnings.isEmpty || !ignored.isEmpty || brands != nil else { return nil }
        return """
            <ul class="tally">\(each: warnings, note)\(brands.map { announced($0, model.newBrands.count) })\
            \(if: !prices.isEmpty, unread(prices: prices))\(if: !others.isEmpty, unread(others))</ul>
            """
    }

    private static func announced(_ brands: String, _ count: Int64) -> HTML {
        "<li>\(Tone.info.mark)<span class=\"number\">\(Format.integer(count))</span> <span>\(brands)</span></li>"
    }

    private static func note(_ warning: (code: String, count: Int64, text: String)) -> HTML {
        "<li>\(Tone.warning.mark)<span class=\"number\">\(Format.integer(warning.count))</span> \(warning.text)</li>"
    }

    private static func unread(_ columns: [String]) -> HTML {
        let names = columns.map { "<span class=\"code\">\($0)</span>" as HTML }.joined(separator: ", ")
        return "<li>\(Tone.neutral.mark)<span>No field has the name of \(names): not imported.</span></li>"
    }

    /// Whose names say that they are prices: they are easily missed among the others.
    private static func unread(prices: [String]) -> HTML {
        let names = prices.map { "<span class=\"code\">\($0)</span>" as HTML }.joined(separator: ", ")
        return """
            <li>\(Tone.warning.mark)<span>\(names): \(prices.count == 1 ? "this price is" : "these prices are") not \
            imported. Say on the page <em>Columns</em> if it is to be the price or the compare-at price.</span></li>
            """
    }

    // MARK: Rows

    private static func heading(_ model: ImportPlanModel) -> String {
        if model.filter == ImportPlanModel.changesFilter { return "All changes" }
        return tiles(model).first { $0.filter == model.filter }?.title ?? "Rows"
    }

    private static func allChanges(_ model: ImportPlanModel) -> HTML? {
        guard model.filter != ImportPlanModel.changesFilter else { return nil }
        return Link("Show all changes", "\(model.list.link([("state", nil)]))#plan-rows-title").html
    }

    private static func table(_ model: ImportPlanModel) -> HTML {
        let noun = model.target.record.noun
        let key = KeyWords(model.target).key
        return Table(
            "Rows of the plan",
            columns: [
                .number("Line") { $0.line.map { HTML(escaping: Format.integer($0)) } ?? "–" },
                Column(
                    noun.one.prefix(1).uppercased() + noun.one.dropFirst(),
                    style: "plan-product",
                    isRowHeading: true
                ) { record($0, key) },
                Column("What", style: "nowrap") { row in
                    StatusBadge(PlanMessages.title(row.state), tone(row.state)).html
                },
                Column("Changes", style: "wide") { details($0, model.counts.limits) },
            ],
            rows: model.rows,
            style: "plan"
        ).html
    }

    private static func record(_ row: PlanRow, _ key: String) -> HTML {
        let label: HTML =
            row.label.map { "<span class=\"code\">\($0)</span>" } ?? "<span class=\"quiet\">no \(key)</span>"
        let link: HTML = row.path.map { "<a href=\"\($0)\">\(label)</a>" } ?? label
        return "\(link)\(row.name.map { "<span class=\"row-note\">\($0)</span>" })"
    }

    private static func details(_ row: PlanRow, _ limits: ImportGuard.Limits) -> HTML {
        let changes: HTML? =
            row.changes.isEmpty ? nil : "<ul class=\"changes\">\(each: row.changes, { change($0, row.state) })</ul>"
        let problems: HTML? =
            row.problems.isEmpty ? nil : "<ul class=\"changes\">\(each: row.problems, problem)</ul>"
        let reason = PlanMessages.text(row.reason, winnerLine: row.winnerLine)
        let deletion: HTML? = row.state == .delete ? "The product is removed; its history keeps every field." : nil
        let respelt: HTML? = row.warnings.contains(.priceJump) ? warning("price_jump", limits) : nil
        return "\(held(row))\(changes)\(problems)\(reason)\(deletion)\(respelt)"
    }

    private static func warning(_ code: String, _ limits: ImportGuard.Limits) -> HTML {
        "<span class=\"row-note tone-warning\">\(Tone.warning.mark) \(PlanMessages.warning(code, limits))</span>"
    }

    private static func held(_ row: PlanRow) -> HTML? {
        guard let held = row.heldBack else { return nil }
        let by: HTML? = held.by.map { " by \($0)" }
        let at: HTML? = held.at.map { ", \(Time($0).html)" }
        return "<p>Not carried out: changed after the plan was made\(by)\(at).</p>"
    }

    private static func change(_ change: PlanChange, _ state: PlanState) -> HTML {
        guard state != .create else {
            return "<li><span class=\"quiet\">\(change.label):</span> \(shortened(change.after))</li>"
        }
        let before: HTML = change.before.map { "<del>\(shortened($0))</del>" } ?? "<span class=\"quiet\">empty</span>"
        let after: HTML = change.after.map { "<ins>\(shortened($0))</ins>" } ?? "<span class=\"quiet\">empty</span>"
        return """
            <li><span class="quiet">\(change.label):</span> \(before) <span aria-hidden="true">→</span>\
            <span class="visually-hidden">to</span> \(after)</li>
            """
    }

    /// A description of a hundred lines would hide the rows around it.
    private static func shortened(_ text: String?) -> String {
        let text = text ?? ""
        let limit = 200
        guard text.unicodeScalars.count > limit else { return text }
        return "\(String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))))…"
    }

    private static func problem(_ problem: ImportProblem) -> HTML {
        let message = problem.message
        let place: HTML = problem.column.map { "<span class=\"quiet\">\($0):</span> " } ?? ""
        let value: HTML? = problem.value.flatMap { $0.isEmpty ? nil : " <span class=\"code\">\(shortened($0))</span>" }
        return "<li>\(place)\(message.text)\(value)<span class=\"row-note\">\(message.cure)</span></li>"
    }
}
