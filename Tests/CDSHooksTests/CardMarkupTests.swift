import Testing

@testable import CDSHooks

@Suite("Text in a card")
struct CardMarkupTests {
    @Test(
        "cannot begin markup",
        arguments: [
            "<script>alert(1)</script>", "**bold**", "[x](javascript:alert(1))", "`code`",
            "a | b", "![i](http://x/y.png)", "https://evil.test/a", "www.evil.test",
            "&lt;b&gt;", "~~x~~", "a\n# heading", "\u{202E}abc", "a\u{0}b", "\u{2028}x",
            "HTTPS://evil.test", "WWW.evil.test", "[a][b]", "[a]: http://x", "[a", "b](c)",
            "\u{61C}\u{2066}x\u{FEFF}", "\u{85}x", "\\", "***", "_a_", "x]",
        ]
    )
    func escapes(_ text: String) {
        let escaped = CardMarkup.escaped(text)
        for pattern in [
            "<", ">", "**", "](", "][", "]:", "`", "|", "://", "www.", "WWW.", "~~", "\n", "\\",
            "\u{202E}", "\u{61C}", "\u{2066}", "\u{FEFF}", "\u{85}",
        ] {
            #expect(!escaped.contains(pattern), "\(pattern)")
        }
        #expect(!escaped.hasSuffix("]") && !escaped.hasPrefix("_"))
        #expect(!escaped.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x2028 })
        let summary = CardMarkup.plain(text)
        for pattern in ["<", ">", "`", "](", "\n", "\u{202E}"] {
            #expect(!summary.contains(pattern), "\(pattern)")
        }
    }

    @Test(
        "cannot begin a block at the start of a line",
        arguments: [
            ("# x", "&#35; x"), ("- x", "&#45; x"), ("+ x", "&#43; x"), ("---", "&#45;--"),
            ("* x", "&#42; x"), ("=", "&#61;"), ("1. x", "1&#46; x"), (" 12) x", " 12&#41; x"),
            ("[x] done", "&#91;x] done"), ("> x", "&gt; x"), ("| a |", "&#124; a &#124;"),
        ]
    )
    func blocks(_ text: String, _ escaped: String) {
        #expect(CardMarkup.escaped(text) == escaped)
    }

    @Test("cannot become the address of a letter")
    func addresses() {
        #expect(CardMarkup.escaped("a.b@c.test") == "a.b&#64;c.test")
        #expect(CardMarkup.escaped("5 @ 7") == "5 @ 7")
    }

    @Test(
        "keeps what is inert",
        arguments: [
            "mentation (GCS)", "101.3 \u{B0}F", "SNOMED CT 248234008", "LA6560-2", "a_b", "5 * 3",
            "unit [degF] or Cel", "-5", "1.5", "it's \"x\"", "a: b", "+3", "x # y",
            "\u{D7}10\u{B3}/\u{B5}L",
        ]
    )
    func inert(_ text: String) {
        #expect(CardMarkup.escaped(text) == text)
    }

    @Test("keeps what is plain", arguments: ["respiratory rate", "SpO2", "96 %", "2-3", "/min"])
    func keeps(_ text: String) {
        #expect(CardMarkup.escaped(text) == text)
        #expect(CardMarkup.plain(text) == text)
    }
}
