package import Records
package import Web

/// One refused value.
package struct ValidationFailure: Error, Sendable, Equatable {
    package let problem: Problem

    package init(problem: Problem) {
        self.problem = problem
    }
}

extension ValidationFailure {
    package init(_ fault: RecordFault, in field: RecordField) {
        problem = Problem(field.name, fault.code, fault.detail)
    }
}
