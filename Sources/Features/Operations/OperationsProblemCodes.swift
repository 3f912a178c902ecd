import Web

extension ProblemCode {
    /// Those of jobs, event streams and the system log; AdminKit, which answers for jobs, included.
    static let operations: [ProblemCode] = [
        ProblemCode("bad_cron", "The expression is none that cron understands, or one whose day never comes."),
        ProblemCode("bad_job", "The parameter takes a job's id."),
        ProblemCode("bad_kind", "There is no such kind of job that can be scheduled."),
        ProblemCode("bad_last_event_id", "The id of the last event is none that was sent."),
        ProblemCode("bad_level", "There is no such level."),
        ProblemCode("bad_named", "`named` takes 0 or 1."),
        ProblemCode("bad_number", "The parameter takes a whole number."),
        ProblemCode("bad_status", "There is no such status."),
        ProblemCode("bad_time_zone", "The system knows no time zone of that name."),
        ProblemCode("bad_topics", "There is no such topic, or too many are named."),
        ProblemCode("bad_user_id", "`user_id` takes a whole number."),
        ProblemCode("needed_for_undo", "What the job changed can be taken back, so that it must stay."),
        ProblemCode("not_repeatable", "A job of this kind cannot be asked for by its parameters alone."),
        ProblemCode("too_many_jobs", "One request acts on at most 10,000 jobs."),
        ProblemCode("wrong_state", "The job is in a state in which this cannot be done; see `job_status`."),
    ]
}
