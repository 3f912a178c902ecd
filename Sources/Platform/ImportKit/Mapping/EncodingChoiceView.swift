import AdminKit
import Markup
import Tables

/// Asks which text is right: the same cells in each encoding that is likely, one below the other, with a button to
/// choose each.
enum EncodingChoiceView {
    static func html(_ choices: [MappingModel.EncodingChoice]) -> HTML {
        let cells = choices.map(\.texts.count).max() ?? 0
        return """
            <fieldset class="stack" data-reloads><legend class="label">Which text is right?</legend>
            <p class="quiet">The file does not say which letters it means. These are some of its texts in each way to \
            read them: choose the line in which all of them are right.</p>
            \(Table(
                "The same texts, read in different ways",
                columns: [Column("Letters", isRowHeading: true, cell: button)]
                    + (0..<cells).map { index in
                        Column("Text \(index + 1)", style: "value") { choice in
                            choice.texts.indices.contains(index) ? HTML(escaping: choice.texts[index]) : .text(nil)
                        }
                    },
                rows: choices
            ).html)
            \(other(choices).compact)
            </fieldset>
            """
    }

    private static func button(_ choice: MappingModel.EncodingChoice) -> HTML {
        """
        <label class="check"><input type="radio" name="encoding" value="\(choice.name)"\
        \(if: choice.isChosen, " checked")> \(choice.title)</label>
        """
    }

    /// For those who know it better.
    private static func other(_ choices: [MappingModel.EncodingChoice]) -> FormField {
        let shown = Set(choices.map(\.name))
        let others = TextEncoding.readable.filter { !shown.contains($0.rawValue) }
        return FormField(
            MappingDraft.otherEncoding,
            "None of them is right",
            .select([.init("", "Choose another")] + others.map { .init($0.rawValue, $0.plainTitle) })
        )
    }
}
