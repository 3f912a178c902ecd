import Process
import Support

extension Settings {
    /// The log of this process when `bodega serve` has started it: no person sits before it, and its output is for
    /// programs. Nil for a command of a person.
    static func logOfSupervised(_ component: String) -> Log? {
        var none = Arguments([])
        guard environmentVariable(markVariable) != nil, let settings = try? Settings(&none) else { return nil }
        return settings.log(component)
    }

    /// The log of a process that `bodega serve` keeps running.
    func log(_ component: String) -> Log {
        // A reader of the output that has gone is no reason to end.
        Signals.ignoreBrokenPipes()
        let clock = DataFolder(data).clock
        return Log(
            component: component,
            threshold: Log.Level(rawValue: logLevel) ?? .info,
            format: Log.Format(rawValue: logFormat) ?? .text,
            output: .descriptor(1, following: logFile),
            spool: DataFolder(data).logSpool,
            now: { clock.now() }
        )
    }
}
