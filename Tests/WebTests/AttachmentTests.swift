import Testing
import Web

@Suite struct AttachmentTests {
    @Test(arguments: [
        ("products.csv", "attachment; filename=\"products.csv\""),
        (
            "Früchte & mehr.csv",
            "attachment; filename=\"Fr__chte & mehr.csv\"; filename*=UTF-8''Fr%C3%BCchte%20%26%20mehr.csv"
        ),
        ("a\"b\\c.csv", "attachment; filename=\"a_b_c.csv\"; filename*=UTF-8''a%22b%5Cc.csv"),
        ("50%.csv", "attachment; filename=\"50_.csv\"; filename*=UTF-8''50%25.csv"),
        ("a\r\nb", "attachment; filename=\"a__b\"; filename*=UTF-8''a%0D%0Ab"),
    ])
    func bothFormsOfTheName(_ name: String, _ expected: String) {
        #expect(Response(status: 200).attached(as: name).headers["Content-Disposition"] == expected)
    }
}
