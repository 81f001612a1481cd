// OpenSSL's TLS layer: its macros as functions, and what needs a C constant.
#ifndef LIMEN_COPENSSL_TLS_H
#define LIMEN_COPENSSL_TLS_H

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

#endif
