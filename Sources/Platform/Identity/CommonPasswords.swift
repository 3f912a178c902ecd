/// What is guessed first: made for Bodega, of what stands at the head of every list of leaked passwords and of what is
/// near at hand in a shop. Words of at least four letters, folded and without disguise (`p4ssw0rd` is found too).
enum CommonPasswords {
    static let words: [[Unicode.Scalar]] = list.split(separator: " ").map { Array($0.unicodeScalars) }

    private static let list = """
        password passwort passwd passord parola contrasena motdepasse kennwort wachtwoord senha geheim secret secreto \
        pass letmein welcome willkommen bienvenue bienvenido admin administrator root user username guest test tester \
        testing demo default changeme change login logon master superuser system server service support office \
        computer internet network windows linux ubuntu debian google facebook amazon apple samsung microsoft oracle \
        mysql postgres database manager iloveyou love lovely forever friend friends family hello hallo \
        bonjour hola ciao monkey dragon tiger lion eagle falcon wolf shadow silver golden gold diamond purple orange \
        yellow green blue black white rainbow sunshine summer winter spring autumn sommer herbst january february \
        march april june july august september october november december monday tuesday wednesday thursday friday \
        saturday sunday football baseball basketball hockey soccer fussball liverpool chelsea arsenal barcelona \
        madrid juventus bayern manchester yankees lakers cowboys steelers superman batman spiderman ironman pokemon \
        starwars matrix hunter ranger soldier killer ninja samurai warrior freedom liberty america england germany \
        deutschland france espana berlin london paris newyork princess prince queen king angel heaven jesus christ \
        michael jordan jennifer jessica ashley daniel thomas robert charlie andrew joshua matthew anthony william \
        maria anna david martin peter nicole michelle hannah cookie chocolate banana cheese pepper ginger flower \
        butterfly mustang ferrari porsche mercedes harley corvette trustno access please whatever nothing something \
        money dollar euro lucky magic music guitar player gamer minecraft fortnite company business firma empresa \
        sysadmin webmaster postmaster info mail email hotmail gmail yahoo \
        bodega shop store webshop onlineshop shopify magento woocommerce product products catalog catalogue katalog \
        warehouse inventory stock supplier customer merchant market backoffice import export
        """

    /// Whole passwords of twelve characters and more that their parts do not give away.
    static let whole: Set<String> = [
        "correcthorsebatterystaple", "correcthorsebattery", "thisismypassword", "donttouchthis", "iamtheboss1234",
        "qwerty123456", "1q2w3e4r5t6y", "q1w2e3r4t5y6", "1q2w3e4r5t6y7u", "zaq12wsxcde3", "1qaz2wsx3edc",
        "zaq1xsw2cde3",
        "a1b2c3d4e5f6", "1a2b3c4d5e6f", "147258369147", "147258369000", "159753159753", "123qweasdzxc", "qweasdzxc123",
        "asdf1234asdf", "abcd1234abcd", "q1w2e3r4t5y6u7", "1234qwerasdf", "1234qwerasdfzxcv", "p@ssw0rd1234",
        "supercalifragilisticexpialidocious", "themostsecurepassword", "nobodyknowsthis", "opensesame123",
        "loremipsumdolor", "thequickbrownfox", "tobeornottobe", "maytheforcebewithyou", "winteriscoming",
        "livelaughlove", "inthenameofgod", "godisgreat123", "fuckyoufuckyou", "whatthefuck123", "asshole12345",
    ]

    /// Ways over the keyboard, in both directions.
    static let rows: [[Unicode.Scalar]] = [
        "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertzuiop",
        "yxcvbnm", "!@#$%^&*()", "!\"§$%&/()=", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm",
        "1q2w3e4r5t6y7u8i9o0p",
        "q1w2e3r4t5y6u7i8o9p0", "147258369", "741852963", "a1s2d3f4g5h6",
    ].flatMap { row in [Array(row.unicodeScalars), Array(row.unicodeScalars.reversed())] }
}
