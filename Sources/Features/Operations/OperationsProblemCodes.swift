import Web

extension ProblemCode {
    /// Those of jobs, event streams and the system log; AdminKit, which answers for jobs, included.
    static let operations: [ProblemCode] = [
        ProblemCode("bad_job", "The parameter takes a job's id."),
        ProblemCode("bad_last_event_id", "The id of the last event is none that was sent."),
        ProblemCode("bad_level", "There is no such level."),
        ProblemCode("bad_named", "`named` takes 0 or 1."),
        ProblemCode("bad_number", "The parameter takes a whole number."),
        ProblemCode("bad_status", "There is no such status."),
        ProblemCode("bad_topics", "There is no such topic, or too many are named."),
        ProblemCode("bad_user_id", "`user_id` takes a whole number."),
        ProblemCode("wrong_state", "The job is in a state in which this cannot be done; see `job_status`."),
    ]
}
