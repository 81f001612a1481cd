extension RequestRejection {
    /// What is wrong, for the one who wrote the client; it holds nothing of the request.
    package var sentence: String {
        switch self {
        case .controlByte: "The head has a control byte where text belongs."
        case .bareCarriageReturn: "A carriage return stands without its line feed."
        case .bareLineFeed: "A line feed stands without its carriage return."
        case .requestLineMalformed:
            "The request line is not method, target and version with single blanks."
        case .methodUnknown: "The method is none that this server knows; methods are capitals."
        case .methodRefused: "This server makes no tunnels."
        case .methodNotAllowed: "TRACE is allowed nowhere."
        case .versionUnsupported: "The version is neither HTTP/1.0 nor HTTP/1.1."
        case .targetMalformed: "The target is no path, no absolute URL and no asterisk."
        case .targetDotSegment: "The path has a segment of one or two dots."
        case .targetEncodedDelimiter:
            "The path has an encoded slash, backslash or control byte."
        case .requestLineTooLong: "The request line is longer than the limit."
        case .fieldMalformed: "A header line is not a name, a colon and a value."
        case .fieldFolded: "A header line is folded."
        case .fieldTooLong: "A header line is longer than the limit."
        case .fieldsTooMany: "There are more header lines than the limit."
        case .headTooLong: "The head is longer than the limit."
        case .hostMissing: "There is no Host."
        case .hostRepeated: "There is more than one Host."
        case .hostMalformed: "The Host is no host with a port."
        case .hostMismatch: "The target names another host than Host does."
        case .lengthAndCoding: "Content-Length and Transfer-Encoding stand side by side."
        case .lengthMalformed: "Content-Length is no decimal number."
        case .lengthRepeated: "There is more than one Content-Length."
        case .codingUnsupported: "Transfer-Encoding is not exactly one chunked."
        case .codingRepeated: "There is more than one Transfer-Encoding."
        case .codingInOldVersion: "HTTP/1.0 has no Transfer-Encoding."
        case .connectionNamesFraming: "Connection names a field that frames the message."
        case .expectationFailed: "The only expectation that is met is 100-continue."
        case .bodyTooLarge: "The body is larger than the limit."
        case .chunkMalformed: "A chunk is not framed as it must be."
        case .chunkExtensionTooLong: "A chunk extension is longer than the limit."
        case .trailerTooLong: "The trailer section is longer than the limit."
        case .headTimeout: "The head did not come in time."
        case .bodyTimeout: "The body did not come in time."
        case .bodyTooSlow: "The body comes too slowly."
        case .handlerTimeout: "The answer was not ready in time."
        case .connectionsTooMany: "There are more connections than the limit."
        }
    }
}
