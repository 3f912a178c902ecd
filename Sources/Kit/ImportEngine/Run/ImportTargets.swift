package import Jobs
import Support

/// Everything that files can become in this installation, in the order in which people choose from it. The first one is
/// meant where nothing is said.
package struct ImportTargets: Sendable, Equatable {
    package let all: [ImportTarget]
    /// What is meant where nothing is said.
    package let standard: ImportTarget

    package init(_ standard: ImportTarget, _ others: [ImportTarget] = []) {
        self.standard = standard
        all = [standard] + others
    }

    /// The one of that name, as the option `target` has it.
    package subscript(name: String) -> ImportTarget? { all.first { $0.name == name } }

    /// What jobs of that kind make of files; nil for a kind that imports nothing.
    package func of(kind: String) -> ImportTarget? { all.first { $0.jobKind == kind } }

    /// What the records are that a job has changed; of an undo, those of the job that it took back in the end. A job
    /// that is no import has changed records of the standard.
    package func changed(by job: Job) -> ImportTarget {
        of(kind: job.kind) ?? job.options["of"]?["kind"]?.stringValue.flatMap(of) ?? standard
    }

    /// The kinds of the jobs that import.
    package var kinds: [String] { all.map(\.jobKind) }
}
