import Mapping
import Testing

@Suite("Text in a card is harmless")
struct MarkdownTextTests {
    @Test(
        "Markup is escaped",
        arguments: [
            ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"),
            ("[x](javascript:alert)", "\\[x\\]\\(javascript:alert\\)"),
            ("a|b", "a\\|b"), ("*_`~#!", "\\*\\_\\`\\~\\#\\!"), ("\\", "\\\\"),
            ("a\nb\r\u{0}c", "a b  c"), ("a\u{202E}b\u{200B}", "a b "), ("36.5 Cel", "36.5 Cel"),
            ("é漢", "é漢"), ("[degF]", "\\[degF\\]"),
        ]
    )
    func escapes(text: String, escaped: String) {
        #expect(MarkdownText.escape(text) == escaped)
    }
}
