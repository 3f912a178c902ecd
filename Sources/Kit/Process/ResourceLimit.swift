import CLinux
import Glibc

/// Limits of this process.
public enum ResourceLimit {
    /// The most descriptors that the soft limit may be raised to.
    public static var mostOpenFiles: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(7), &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_max)
    }

    /// Raises the soft limit of open descriptors as far as it goes, at most to the number wanted.
    public static func raiseOpenFiles(to wanted: Int) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(7), &limit) == 0 else { return }
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, rlim_t(clamping: wanted)))
        setrlimit(__rlimit_resource_t(7), &limit)
    }
}
