import Support

/// How people say in a file whether a product is on sale, and what that means as a status.
///
/// Spreadsheets write booleans in the language of their user, and shops write their own states, so the words
/// for yes and no and for what a shop does with a product stand here in a dozen languages. A word that is not listed is
/// refused, never guessed.
enum ImportWords {
    /// ASCII, lower case; the statuses' own names first, as most files have them.
    static let statuses: [(word: StaticString, status: StaticString)] =
        [("active", "active"), ("draft", "draft"), ("archived", "archived")]
        + on.map { ($0, "active") } + off.map { ($0, "draft") }

    private static let on: [StaticString] = ["true", "1", "yes", "published", "publish", "enabled"]
    private static let off: [StaticString] = ["false", "0", "no", "unpublished", "hidden", "disabled"]

    /// The status that a word means which is not among the first.
    /// - Parameter published: whether -1 and 2 mean a draft: WooCommerce's `Published` has 1 for published, 0 for
    ///   private and -1 for a draft, Magento's `product_online` 1 for enabled and 2 for disabled.
    static func status(of text: String, published: Bool) -> StaticString? {
        if let number = flag(text) {
            if number == 0 || number == 1 { return number == 1 ? "active" : "draft" }
            return published ? "draft" : nil
        }
        let key = WordKey.of(text)
        // Lists that only tick boxes have nothing but a sign.
        return all[key.isEmpty ? text.trimmed : key]
    }

    /// Whether a word for how many there are means some or none; nil for any other. The words are those of Google's
    /// and schema.org's `availability`, and of WooCommerce's and Wix's files.
    static func availability(_ text: String) -> Bool? {
        switch WordKey.of(text) {
        case "instock", "available", "limitedavailability", "onlineonly", "instoreonly": true
        case "outofstock", "soldout", "unavailable", "discontinued", "onbackorder", "backorder", "preorder": false
        default: nil
        }
    }

    /// 2, 1, 0 or -1, also as programs write them that know only decimals: `1.0`, `0,0`.
    private static func flag(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        let mark = bytes.firstIndex { $0 == 0x2E || $0 == 0x2C } ?? bytes.count
        guard bytes[min(mark + 1, bytes.count)...].allSatisfy({ $0 == 0x30 }), bytes.last != 0x2E, bytes.last != 0x2C
        else { return nil }
        switch String(decoding: bytes[..<mark], as: UTF8.self) {
        case "2": return 2
        case "1": return 1
        case "0": return 0
        case "-1": return -1
        default: return nil
        }
    }

    private static let all: [String: StaticString] = {
        var table: [String: StaticString] = [:]
        for (status, words) in byStatus {
            for word in words.split(separator: ",") {
                let text = String(word).trimmed
                let key = WordKey.of(text)
                table[key.isEmpty ? text : key] = status
            }
        }
        return table
    }()

    /// In the order en, de, fr, es, it, pl, nl, pt, ru, uk, tr, ja, zh.
    private static let byStatus: [(StaticString, String)] = [
        (
            "active",
            """
            active, activated, y, yes, t, on, true, published, publish, visible, enabled, enable, live, \
            public, ✓, ✔, ☑, ○, ja, j, wahr, aktiv, aktiviert, veröffentlicht, sichtbar, öffentlich, an, \
            oui, o, vrai, actif, activé, activée, publié, publiée, en ligne, sí, si, s, verdadero, activo, \
            activa, activado, publicado, publicada, habilitado, público, sì, vero, attivo, attiva, attivato, \
            pubblicato, pubblicata, abilitato, visibile, pubblico, tak, prawda, aktywny, aktywna, aktywne, \
            opublikowany, opublikowana, opublikowane, włączony, włączone, widoczny, waar, actief, \
            geactiveerd, gepubliceerd, ingeschakeld, zichtbaar, openbaar, sim, verdadeiro, ativo, ativa, \
            ativado, visível, да, истина, активен, активный, активно, активна, опубликован, опубликовано, \
            включен, включено, включён, вкл, виден, так, істина, активний, активне, опубліковано, \
            опублікований, увімкнено, видимий, evet, doğru, aktif, etkin, yayında, yayınlandı, yayımlandı, \
            görünür, はい, 真, 有効, 公開, 公開中, 公開済み, 販売中, 掲載中, 表示, 是, 启用, 啟用, 上架, 已上架, 已发布, 已發布, 发布, 發布, 在售, 有效, \
            公开
            """
        ),
        (
            "draft",
            """
            draft, n, no, f, off, false, unpublished, not published, hidden, invisible, disabled, inactive, \
            deactivated, private, pending, pending review, in review, scheduled, future, auto-draft, \
            offline, ✗, ✘, ☐, ×, nein, falsch, entwurf, inaktiv, nicht aktiv, deaktiviert, unveröffentlicht, \
            nicht veröffentlicht, privat, ausstehend, ausstehende überprüfung, versteckt, verborgen, \
            unsichtbar, ausgeblendet, geplant, aus, non, faux, brouillon, inactif, désactivé, désactivée, \
            non publié, privé, privée, masqué, caché, en attente, en attente de relecture, hors ligne, \
            falso, borrador, inactivo, inactiva, desactivado, deshabilitado, no publicado, privado, \
            pendiente, pendiente de revisión, oculto, bozza, inattivo, inattiva, non attivo, disattivato, \
            disabilitato, non pubblicato, privato, in attesa, in attesa di revisione, in sospeso, nascosto, \
            nie, fałsz, szkic, wersja robocza, nieaktywny, nieaktywna, nieaktywne, nieopublikowany, \
            nieopublikowane, wyłączony, wyłączone, prywatny, prywatne, oczekujący, oczekuje, oczekuje na \
            przegląd, ukryty, ukryte, nee, neen, onwaar, concept, inactief, gedeactiveerd, uitgeschakeld, \
            niet gepubliceerd, in afwachting, wachtend op beoordeling, não, nao, rascunho, inativo, inativa, \
            desativado, desabilitado, não publicado, pendente, revisão pendente, нет, ложь, черновик, \
            неактивен, неактивный, неактивно, неактивна, не активен, не опубликован, не опубликовано, \
            отключен, отключено, отключён, выключен, выключено, выкл, личное, частный, приватный, ожидает, \
            ожидание, на утверждении, на рассмотрении, скрыт, скрыто, скрытый, ні, хибність, чернетка, \
            неактивний, неактивне, не опубліковано, вимкнено, приватний, приватне, очікує, очікує на \
            розгляд, на розгляді, приховано, прихований, hayır, yanlış, taslak, pasif, etkin değil, devre \
            dışı, yayında değil, özel, gizli, beklemede, inceleme bekliyor, いいえ, 偽, 下書き, 無効, 非公開, 承認待ち, 審査中, \
            レビュー待ち, 公開待ち, 予約投稿, 非表示, 否, 不, 假, 草稿, 禁用, 停用, 下架, 已下架, 未上架, 未发布, 未發布, 待审, 待審, 待审核, 待審核, 私密, 私有, \
            隐藏, 隱藏, 无效, 無效
            """
        ),
        (
            "archived",
            """
            archived, archive, discontinued, obsolete, retired, archiviert, ausgelaufen, eingestellt, \
            abgekündigt, archivé, archivée, archivado, archivada, descatalogado, descontinuado, archiviato, \
            archiviata, fuori produzione, zarchiwizowany, zarchiwizowana, zarchiwizowane, wycofany, \
            wycofane, gearchiveerd, arquivado, arquivada, в архиве, архив, архивирован, архивный, снят с \
            производства, в архіві, архів, архівовано, архівний, знято з виробництва, arşivlendi, \
            arşivlenmiş, arşiv, arşivde, アーカイブ, アーカイブ済み, 廃番, 販売終了, 生産終了, 已归档, 归档, 已歸檔, 歸檔, 封存, 停产, 停產
            """
        ),
    ]
}

extension StaticString {
    /// Its bytes, which stay where they are for the life of the process.
    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
