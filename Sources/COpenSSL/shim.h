// OpenSSL's EVP layer, as Debian's libssl-dev ships it.
#ifndef LIMEN_COPENSSL_SHIM_H
#define LIMEN_COPENSSL_SHIM_H

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

// Keys an HMAC context for SHA-256; the parameter list is built here because its constructors
// take pointers to characters that must live as long as the list.
static inline int limen_mac_init_sha256(EVP_MAC_CTX *context, const unsigned char *key, size_t count) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[2];
    parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
    parameters[1] = OSSL_PARAM_construct_end();
    return EVP_MAC_init(context, key, count, parameters);
}

#endif
