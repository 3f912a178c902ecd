import Identity
import Testing
import Web

@Suite struct PermissionsTests {
    @Test func theTableOfRoles() {
        #expect(Role.admin.permissions == Set(Permission.all))
        #expect(
            Role.editor.permissions.inOrder.map(\.rawValue) == [
                "read:products", "write:products", "delete:products", "read:jobs", "run:imports", "undo:imports",
                "run:jobs", "read:customers", "write:customers", "read:schedules", "read:webhooks", "manage:account",
            ]
        )
        #expect(
            Role.viewer.permissions.inOrder.map(\.rawValue)
                == ["read:products", "read:jobs", "read:customers", "read:schedules", "manage:account"]
        )
    }

    @Test func theListNamesEachOnce() {
        #expect(Set(Permission.all).count == Permission.all.count)
    }
}
