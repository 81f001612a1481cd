import JSON
import Support
import Testing

/// The parsing suite of nst/JSONTestSuite, read in place.
@Suite(
    "JSON parsing suite",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct JSONSuiteTests {
    static let folder = "conformance/json-testsuite/test_parsing"
    static let names = (try? Shared.names(inFolder: folder)) ?? []

    private func verdict(_ name: String) throws -> JSONError.Code? {
        let bytes = try Shared.bytes(Self.folder + "/" + name)
        do {
            _ = try JSONDocument(parsing: bytes)
            return nil
        } catch {
            #expect(error.offset >= 0 && error.offset <= bytes.count)
            return error.code
        }
    }

    @Test("the suite is complete")
    func isComplete() {
        #expect(Self.names.count { $0.hasPrefix("y_") } == 95)
        #expect(Self.names.count { $0.hasPrefix("n_") } == 188)
        #expect(Self.names.count { $0.hasPrefix("i_") } == 35)
    }

    /// Duplicate names are well-formed by RFC 8259 and refused by I-JSON (RFC 7493, section 2.3):
    /// two readers of such a text would see two patients.
    static let refusedForDuplicateNames: Set<String> = [
        "y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
    ]

    @Test("what must parse parses", arguments: names.filter { $0.hasPrefix("y_") })
    func accepts(_ name: String) throws {
        let expected: JSONError.Code? =
            Self.refusedForDuplicateNames.contains(name) ? .duplicateName : nil
        #expect(try verdict(name) == expected)
    }

    @Test("what must be refused is refused", arguments: names.filter { $0.hasPrefix("n_") })
    func refuses(_ name: String) throws {
        #expect(try verdict(name) != nil)
    }

    /// What the standard leaves open: numbers of any size keep their text, everything that is not
    /// sound UTF-8 or not a Unicode scalar is refused, and so is a byte order mark.
    static let decisions: [String: JSONError.Code?] = [
        "i_number_double_huge_neg_exp.json": nil,
        "i_number_huge_exp.json": nil,
        "i_number_neg_int_huge_exp.json": nil,
        "i_number_pos_double_huge_exp.json": nil,
        "i_number_real_neg_overflow.json": nil,
        "i_number_real_pos_overflow.json": nil,
        "i_number_real_underflow.json": nil,
        "i_number_too_big_neg_int.json": nil,
        "i_number_too_big_pos_int.json": nil,
        "i_number_very_big_negative_int.json": nil,
        "i_object_key_lone_2nd_surrogate.json": .loneSurrogate,
        "i_string_1st_surrogate_but_2nd_missing.json": .loneSurrogate,
        "i_string_1st_valid_surrogate_2nd_invalid.json": .loneSurrogate,
        "i_string_UTF-16LE_with_BOM.json": .unexpectedByte,
        "i_string_UTF-8_invalid_sequence.json": .invalidUTF8,
        "i_string_UTF8_surrogate_U+D800.json": .invalidUTF8,
        "i_string_incomplete_surrogate_and_escape_valid.json": .loneSurrogate,
        "i_string_incomplete_surrogate_pair.json": .loneSurrogate,
        "i_string_incomplete_surrogates_escape_valid.json": .loneSurrogate,
        "i_string_invalid_lonely_surrogate.json": .loneSurrogate,
        "i_string_invalid_surrogate.json": .loneSurrogate,
        "i_string_invalid_utf-8.json": .invalidUTF8,
        "i_string_inverted_surrogates_U+1D11E.json": .loneSurrogate,
        "i_string_iso_latin_1.json": .invalidUTF8,
        "i_string_lone_second_surrogate.json": .loneSurrogate,
        "i_string_lone_utf8_continuation_byte.json": .invalidUTF8,
        "i_string_not_in_unicode_range.json": .invalidUTF8,
        "i_string_overlong_sequence_2_bytes.json": .invalidUTF8,
        "i_string_overlong_sequence_6_bytes.json": .invalidUTF8,
        "i_string_overlong_sequence_6_bytes_null.json": .invalidUTF8,
        "i_string_truncated-utf-8.json": .invalidUTF8,
        "i_string_utf16BE_no_BOM.json": .unexpectedByte,
        "i_string_utf16LE_no_BOM.json": .unexpectedByte,
        "i_structure_500_nested_arrays.json": .tooDeep,
        "i_structure_UTF-8_BOM_empty_object.json": .byteOrderMark,
    ]

    @Test("every open case is decided", arguments: names.filter { $0.hasPrefix("i_") })
    func decides(_ name: String) throws {
        let decision = try #require(Self.decisions[name], "an undecided case")
        #expect(try verdict(name) == decision)
    }
}
