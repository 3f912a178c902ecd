package import Markup
package import Support

/// Where in a list one is, and the way on. Pages are found by key, so there is a first and a next one but no
/// numbered ones.
package struct Pagination: Sendable, Equatable {
    /// How many things match; counting stops where it would cost more than it says.
    package enum Total: Sendable, Equatable {
        case exactly(Int)
        case moreThan(Int)

        /// `1,234` or `10,000+`.
        package var text: String {
            switch self {
            case .exactly(let count): Format.integer(count)
            case .moreThan(let count): "\(Format.integer(count))+"
            }
        }

        /// - Parameter limit: counting has stopped behind it.
        package static func counted(_ count: Int64, upTo limit: Int64 = .max) -> Total {
            count > limit ? .moreThan(Int(clamping: limit)) : .exactly(Int(clamping: count))
        }

        package var isOne: Bool { self == .exactly(1) }
        package var isZero: Bool { self == .exactly(0) }
    }

    /// The place of the first thing shown, from 1.
    package var from: Int
    /// How many are shown.
    package var count: Int
    package var total: Total
    package var noun: Noun
    /// Back to the first page; nil when this is it.
    package var first: String?
    /// On to the next page; nil when this is the last.
    package var next: String?

    package init(
        from: Int = 1,
        count: Int,
        total: Total,
        noun: Noun,
        first: String? = nil,
        next: String? = nil
    ) {
        self.from = from
        self.count = count
        self.total = total
        self.noun = noun
        self.first = first
        self.next = next
    }

    /// `1–50 of 1,234 products`.
    package var summary: String {
        let noun = total.isOne ? noun.one : noun.many
        guard count > 0 else { return "\(total.text) \(noun)" }
        let (last, overflow) = from.addingReportingOverflow(count - 1)
        return "\(Format.integer(from))–\(Format.integer(overflow ? from : last)) of \(total.text) \(noun)"
    }

    package var html: HTML {
        """
        <nav class="pagination" aria-label="Pages">
        <p>\(summary)</p>
        <div class="actions">
        \(first.map { Link("First page", $0).button() })
        \(next.map { "<a class=\"button secondary\" rel=\"next\" href=\"\($0)\">Next page</a>" })
        </div>
        </nav>
        """
    }
}
