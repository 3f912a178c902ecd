import CLinux

/// Rights of this process and of all that it starts.
public enum Privileges {
    /// From now on no program that is started gets more rights than the one that starts it (PR_SET_NO_NEW_PRIVS),
    /// whatever bits or capabilities its file has. There is no way back.
    public static func gainNone() { _ = bodega_no_new_privileges() }
}
