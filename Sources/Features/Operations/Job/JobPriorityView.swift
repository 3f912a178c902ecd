import AdminKit
import Identity
import Jobs
import Markup
import Support

/// The place in line of a job that waits, to choose.
enum JobPriorityView {
    private static let words: [(priority: Int64, title: String)] = [
        (Job.priorities.lowerBound, "Before all others"), (50, "Early"), (Job.commonPriority, "As usual"),
        (150, "Late"),
        (Job.priorities.upperBound, "After all others"),
    ]

    static func html(_ job: Job, _ shell: Shell) -> HTML {
        let isOther = !words.contains { $0.priority == job.priority }
        let choices =
            words.map { FormField.Choice("\($0.priority)", $0.title) }
            + (isOther ? [FormField.Choice("\(job.priority)", "Priority \(job.priority)")] : [])
        return Form(
            action: "/jobs/\(job.publicID)/priority",
            csrf: shell.csrf,
            fields: [
                FormField(
                    "priority",
                    "Place in line",
                    .select(choices),
                    value: "\(job.priority)",
                    hint: "Among the jobs that wait to begin.",
                    isRequired: true
                )
            ],
            submit: "Change place",
            style: .secondary
        ).html
    }
}
