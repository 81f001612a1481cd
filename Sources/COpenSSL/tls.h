// OpenSSL's TLS layer: its macros as functions, and what needs a C constant.
#ifndef LIMEN_COPENSSL_TLS_H
#define LIMEN_COPENSSL_TLS_H

#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// What every context of a client is set to: TLS 1.2 and 1.3, the chain verified, no compression,
// no renegotiation, no sessions kept.
static inline int limen_tls_client_prepare(SSL_CTX *context) {
    if (!SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION)) return 0;
    if (!SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION)) return 0;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return 1;
}

// Names the server that is expected; wildcards stand for whole labels and the common name of the
// subject counts for nothing (RFC 9525).
static inline int limen_tls_expect_name(SSL *session, const char *name) {
    SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return SSL_set1_host(session, name) == 1 && SSL_set_tlsext_host_name(session, name) == 1;
}

static inline int limen_tls_expect_address(SSL *session, const char *address) {
    SSL_set_hostflags(session, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), address);
}

// Gives a session two memory buffers, which it owns from then on: what came from the peer, and
// what is to go to it. Empty means "more will come", not the end.
static inline int limen_tls_attach(SSL *session, BIO **input, BIO **output) {
    *input = BIO_new(BIO_s_mem());
    *output = BIO_new(BIO_s_mem());
    if (*input == NULL || *output == NULL) return 0;
    BIO_set_mem_eof_return(*input, -1);
    BIO_set_mem_eof_return(*output, -1);
    SSL_set_bio(session, *input, *output);
    SSL_set_connect_state(session);
    return 1;
}

// --- The server's side ---------------------------------------------------------------------

// What the sessions of one loop read from and write to while one call of them runs: received bytes
// are read where they lie, and what is to be sent gathers in one buffer of the loop.
typedef struct {
    const unsigned char *input;
    size_t inputCount;
    unsigned char *output;
    size_t outputCount;
    size_t outputCapacity;
    size_t outputMax;
    // Messages of a handshake that may still come when it is over; only then are they counted.
    int countsMessages;
    long messagesLeft;
    int isExhausted;
} limen_tls_exchange;

static inline int limen_tls_exchange_read(BIO *bio, char *target, int count) {
    limen_tls_exchange *exchange = (limen_tls_exchange *)BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (count <= 0) return 0;
    // Not to be tried again: the session is over.
    if (exchange->isExhausted) return -1;
    if (exchange->inputCount == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t taken = (size_t)count < exchange->inputCount ? (size_t)count : exchange->inputCount;
    memcpy(target, exchange->input, taken);
    exchange->input += taken;
    exchange->inputCount -= taken;
    return (int)taken;
}

static inline int limen_tls_exchange_write(BIO *bio, const char *source, int count) {
    limen_tls_exchange *exchange = (limen_tls_exchange *)BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (count <= 0) return 0;
    size_t needed = exchange->outputCount + (size_t)count;
    if (needed > exchange->outputMax) return -1;
    if (needed > exchange->outputCapacity) {
        size_t capacity = exchange->outputCapacity < 16384 ? 32768 : exchange->outputCapacity * 2;
        while (capacity < needed) capacity *= 2;
        unsigned char *grown = (unsigned char *)realloc(exchange->output, capacity);
        if (grown == NULL) return -1;
        exchange->output = grown;
        exchange->outputCapacity = capacity;
    }
    memcpy(exchange->output + exchange->outputCount, source, (size_t)count);
    exchange->outputCount = needed;
    return count;
}

static inline long limen_tls_exchange_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio; (void)number; (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static inline BIO_METHOD *limen_tls_exchange_method(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "limen exchange");
    if (method == NULL) return NULL;
    BIO_meth_set_read(method, limen_tls_exchange_read);
    BIO_meth_set_write(method, limen_tls_exchange_write);
    BIO_meth_set_ctrl(method, limen_tls_exchange_control);
    return method;
}

// Counts a message of a handshake that came when the handshake was over.
static inline void limen_tls_count_message(
    int isOurs, int version, int kind, const void *bytes, size_t count, SSL *session, void *unused
) {
    (void)version; (void)bytes; (void)count; (void)unused;
    if (isOurs || kind != SSL3_RT_HANDSHAKE) return;
    limen_tls_exchange *exchange = (limen_tls_exchange *)BIO_get_data(SSL_get_rbio(session));
    if (!exchange->countsMessages) return;
    if (exchange->messagesLeft > 0) exchange->messagesLeft--; else exchange->isExhausted = 1;
}

// Gives a session of a server the exchange of its loop.
static inline int limen_tls_server_attach(
    SSL *session, const BIO_METHOD *method, limen_tls_exchange *exchange
) {
    BIO *bio = BIO_new(method);
    if (bio == NULL) return 0;
    BIO_set_data(bio, exchange);
    BIO_set_init(bio, 1);
    SSL_set_bio(session, bio, bio);
    SSL_set_msg_callback(session, limen_tls_count_message);
    SSL_set_accept_state(session);
    return 1;
}

// RFC 7301, section 3.2: who offers protocols and not this one is refused, or bytes that were
// meant for another protocol could be read as requests.
static inline int limen_tls_choose_protocol(
    SSL *session, const unsigned char **chosen, unsigned char *chosenCount,
    const unsigned char *offered, unsigned int offeredCount, void *unused
) {
    static const unsigned char ours[] = "\x08http/1.1";
    (void)session; (void)unused;
    int result = SSL_select_next_proto(
        (unsigned char **)chosen, chosenCount, ours, sizeof ours - 1, offered, offeredCount);
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// What every context of a server is set to (RFC 9325): TLS 1.2 and 1.3; forward secrecy and
// authenticated encryption only; no compression, no renegotiation, no early data, which could be
// replayed; sessions are resumed by tickets and kept nowhere.
static inline int limen_tls_server_prepare(SSL_CTX *context, long seconds, long chainBytes) {
    if (!SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION)) return 0;
    if (!SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION)) return 0;
    SSL_CTX_set_security_level(context, 2);
    if (!SSL_CTX_set_cipher_list(
            context,
            "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
            "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
            "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305")) return 0;
    if (!SSL_CTX_set_ciphersuites(
            context,
            "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256")) return 0;
    // In TLS 1.2 OpenSSL 3.0 holds the key of a client's certificate against this list too, so the
    // curves of all keys that are taken stand in it.
    if (!SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384:P-521")) return 0;
    SSL_CTX_set_options(
        context,
        SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
            SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(context, seconds);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_max_early_data(context, 0);
    SSL_CTX_set_recv_max_early_data(context, 0);
    SSL_CTX_set_max_cert_list(context, chainBytes);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_select_cb(context, limen_tls_choose_protocol, NULL);
    return 1;
}

// A key with a pass phrase is not asked for on the terminal: it cannot be read.
static inline int limen_tls_no_phrase(char *buffer, int count, int writes, void *unused) {
    (void)buffer; (void)count; (void)writes; (void)unused;
    return -1;
}

// A certificate of DER; NULL when it is none, when bytes follow it, or when it says that it signed
// itself and did not.
static inline X509 *limen_tls_certificate(const unsigned char *der, long count) {
    const unsigned char *end = der;
    X509 *certificate = d2i_X509(NULL, &end, count);
    if (certificate == NULL) return NULL;
    if (end == der + count &&
        (X509_self_signed(certificate, 0) != 1 || X509_self_signed(certificate, 1) == 1)) {
        return certificate;
    }
    X509_free(certificate);
    return NULL;
}

// Whether a certificate names another one as its issuer and was signed with its key, and that one
// may sign certificates.
static inline int limen_tls_is_issued_by(X509 *certificate, X509 *issuer) {
    EVP_PKEY *signer = X509_get0_pubkey(issuer);
    return signer != NULL && X509_check_issued(issuer, certificate) == X509_V_OK &&
        X509_verify(certificate, signer) == 1;
}

// Where the present lies: 0 within the time of a certificate, -1 before it, 1 behind it.
static inline int limen_tls_time_standing(const X509 *certificate) {
    if (X509_cmp_current_time(X509_get0_notBefore(certificate)) >= 0) return -1;
    return X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0 ? 0 : 1;
}

// Takes a certificate of the server's own: first that of its key, then those between it and its
// authority.
static inline int limen_tls_server_show(SSL_CTX *context, X509 *certificate, int isFirst) {
    return isFirst ? SSL_CTX_use_certificate(context, certificate) == 1
                   : SSL_CTX_add1_chain_cert(context, certificate) == 1;
}

// Takes the key of the certificate, PEM; answers 0, or 2 when there is none, or 3 when they do not
// belong together.
static inline int limen_tls_server_key(SSL_CTX *context, const void *key, int count) {
    BIO *input = BIO_new_mem_buf(key, count);
    EVP_PKEY *pair =
        input == NULL ? NULL : PEM_read_bio_PrivateKey(input, NULL, limen_tls_no_phrase, NULL);
    BIO_free(input);
    if (pair == NULL) return 2;
    int isFit = SSL_CTX_use_PrivateKey(context, pair) == 1 &&
        SSL_CTX_check_private_key(context) == 1;
    EVP_PKEY_free(pair);
    return isFit ? 0 : 3;
}

// Trusts an authority for the certificates of clients, and names it to them.
static inline int limen_tls_server_trust(SSL_CTX *context, X509 *authority) {
    return X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority) == 1 &&
        SSL_CTX_add_client_CA(context, authority) == 1;
}

// Asks clients for a certificate of the authorities that are trusted, whose text is given: what a
// ticket says counts for these authorities only.
static inline int limen_tls_server_ask(
    SSL_CTX *context, const void *authorities, int count, int isRequired, int depth
) {
    unsigned char digest[32];
    unsigned int digestCount = 0;
    if (EVP_Digest(authorities, (size_t)count, digest, &digestCount, EVP_sha256(), NULL) != 1) return 0;
    if (isRequired) digest[0] ^= 1;
    if (SSL_CTX_set_session_id_context(context, digest, digestCount) != 1) return 0;
    SSL_CTX_set_verify_depth(context, depth);
    SSL_CTX_set_verify(
        context, SSL_VERIFY_PEER | (isRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), NULL);
    return 1;
}

// Whether the client's certificate, if it showed one, is still valid: a resumed session does not
// look at it again.
static inline int limen_tls_is_peer_valid(SSL *session) {
    X509 *peer = SSL_get0_peer_certificate(session);
    return peer == NULL || X509_cmp_current_time(X509_get0_notAfter(peer)) > 0;
}

// Writes the subject of a certificate (RFC 4514) into a memory buffer.
static inline int limen_tls_write_subject(BIO *output, const X509 *certificate) {
    return X509_NAME_print_ex(output, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) >= 0;
}

// Writes the DNS names and URIs of a certificate, one a line; a name that is no visible ASCII
// would not be one line, or one name, and is left out.
static inline int limen_tls_write_names(BIO *output, X509 *certificate, int most) {
    GENERAL_NAMES *names = (GENERAL_NAMES *)X509_get_ext_d2i(
        certificate, NID_subject_alt_name, NULL, NULL);
    if (names == NULL) return 1;
    int written = 0;
    for (int i = 0; i < sk_GENERAL_NAME_num(names) && written < most; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_DNS && name->type != GEN_URI) continue;
        const unsigned char *text = ASN1_STRING_get0_data(name->d.ia5);
        int count = ASN1_STRING_length(name->d.ia5), isVisible = count > 0 && count < 1024;
        for (int j = 0; j < count && isVisible; j++) isVisible = text[j] > 0x20 && text[j] < 0x7F;
        if (!isVisible) continue;
        BIO_write(output, text, count);
        BIO_write(output, "\n", 1);
        written++;
    }
    GENERAL_NAMES_free(names);
    return 1;
}

// --- Certificates for a first try ----------------------------------------------------------

static inline int limen_tls_add_extension(X509 *certificate, X509 *issuer, int kind, const char *text) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, text);
    if (extension == NULL) return 0;
    int result = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return result == 1;
}

// How many seconds a certificate is valid for from now on; negative when it has expired.
static inline long limen_tls_seconds_left(const X509 *certificate) {
    int days = 0, seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) != 1) return -1;
    return (long)days * 86400 + seconds;
}

// When a certificate ends, in seconds since 1970; -1 when that cannot be told.
static inline long limen_tls_end_seconds(const X509 *certificate) {
    ASN1_TIME *start = ASN1_TIME_set(NULL, 0);
    int days = 0, seconds = 0;
    int isTold = start != NULL &&
        ASN1_TIME_diff(&days, &seconds, start, X509_get0_notAfter(certificate)) == 1;
    ASN1_TIME_free(start);
    return isTold ? (long)days * 86400 + seconds : -1;
}

// Whether a certificate is that of a key, and was signed by an issuer, or by itself.
static inline int limen_tls_is_sound(X509 *certificate, EVP_PKEY *key, X509 *issuer) {
    EVP_PKEY *signer = X509_get0_pubkey(issuer ? issuer : certificate);
    return signer != NULL && X509_check_private_key(certificate, key) == 1 &&
        X509_verify(certificate, signer) == 1;
}

// Makes a certificate for a key, signed by an issuer, or by itself when there is none. Names is
// the text of a subject alternative name, or NULL for an authority; purpose is that of a server or
// a client. It is valid from so many seconds from now on, until so many days from now.
static inline X509 *limen_tls_issue(
    EVP_PKEY *key, const char *commonName, const char *names, const char *purpose, long begin,
    int days, X509 *issuer, EVP_PKEY *issuerKey
) {
    X509 *certificate = X509_new();
    if (certificate == NULL) return NULL;
    unsigned char serial[16];
    int isMade = RAND_bytes(serial, sizeof serial) == 1 && X509_set_version(certificate, 2) == 1;
    serial[0] &= 0x7F;
    BIGNUM *number = isMade ? BN_bin2bn(serial, sizeof serial, NULL) : NULL;
    isMade = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    X509_NAME *subject = X509_get_subject_name(certificate);
    isMade = isMade && X509_gmtime_adj(X509_getm_notBefore(certificate), begin) != NULL &&
        X509_gmtime_adj(X509_getm_notAfter(certificate), (long)days * 86400) != NULL &&
        X509_set_pubkey(certificate, key) == 1 &&
        X509_NAME_add_entry_by_txt(
            subject, "CN", MBSTRING_UTF8, (const unsigned char *)commonName, -1, -1, 0) == 1 &&
        X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer) : subject) == 1;
    if (names == NULL) {
        isMade = isMade &&
            limen_tls_add_extension(
                certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
            limen_tls_add_extension(
                certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    } else {
        isMade = isMade &&
            limen_tls_add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
            limen_tls_add_extension(
                certificate, issuer, NID_key_usage, "critical,digitalSignature") &&
            limen_tls_add_extension(certificate, issuer, NID_ext_key_usage, purpose) &&
            limen_tls_add_extension(certificate, issuer, NID_subject_alt_name, names);
    }
    isMade = isMade &&
        limen_tls_add_extension(
            certificate, issuer ? issuer : certificate, NID_subject_key_identifier, "hash") &&
        limen_tls_add_extension(
            certificate, issuer ? issuer : certificate, NID_authority_key_identifier, "keyid") &&
        X509_sign(certificate, issuerKey ? issuerKey : key, EVP_sha256()) > 0;
    if (!isMade) {
        X509_free(certificate);
        return NULL;
    }
    return certificate;
}

// The bytes of a memory buffer.
static inline long limen_tls_bytes(BIO *buffer, unsigned char **bytes) {
    return BIO_get_mem_data(buffer, bytes);
}

#endif
