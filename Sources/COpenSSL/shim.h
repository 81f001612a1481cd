// OpenSSL's EVP layer, as Debian's libssl-dev ships it.
#ifndef LIMEN_COPENSSL_SHIM_H
#define LIMEN_COPENSSL_SHIM_H

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

// Keys an HMAC context for SHA-256; the parameter list is built here because its constructors
// take pointers to characters that must live as long as the list.
static inline int limen_mac_init_sha256(EVP_MAC_CTX *context, const unsigned char *key, size_t count) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[2];
    parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
    parameters[1] = OSSL_PARAM_construct_end();
    return EVP_MAC_init(context, key, count, parameters);
}

// Makes a key of a type from parameters; NULL when they make none.
static inline EVP_PKEY *limen_key_from(const char *type, int selection, OSSL_PARAM *parameters) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (context != NULL && EVP_PKEY_fromdata_init(context) == 1) {
        if (EVP_PKEY_fromdata(context, &key, selection, parameters) != 1) key = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return key;
}

// Integers come least significant byte first, the order of the machine, as OSSL_PARAM wants them.
typedef struct {
    unsigned char *bytes;
    size_t count;
} limen_integer;

// Makes an RSA public key.
static inline EVP_PKEY *limen_rsa_public(limen_integer n, limen_integer e) {
    OSSL_PARAM parameters[3];
    parameters[0] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, n.bytes, n.count);
    parameters[1] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, e.bytes, e.count);
    parameters[2] = OSSL_PARAM_construct_end();
    return limen_key_from("RSA", EVP_PKEY_PUBLIC_KEY, parameters);
}

// Makes an RSA key pair from n, e, d, p, q, dp, dq and qi, in this order.
static inline EVP_PKEY *limen_rsa_pair(const limen_integer *parts) {
    static const char *const names[8] = {
        OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
        OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
        OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
        OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
    OSSL_PARAM parameters[9];
    for (int i = 0; i < 8; i++) {
        parameters[i] = OSSL_PARAM_construct_BN(names[i], parts[i].bytes, parts[i].count);
    }
    parameters[8] = OSSL_PARAM_construct_end();
    return limen_key_from("RSA", EVP_PKEY_KEYPAIR, parameters);
}

// Makes a key on a named curve from its point (0x04, x, y) and, when there is one, its scalar.
static inline EVP_PKEY *limen_ec_key(
    const char *curve, unsigned char *point, size_t pointCount, limen_integer scalar
) {
    OSSL_PARAM parameters[4];
    int count = 0;
    parameters[count++] =
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)curve, 0);
    parameters[count++] =
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, pointCount);
    if (scalar.count > 0) {
        parameters[count++] =
            OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, scalar.bytes, scalar.count);
    }
    parameters[count] = OSSL_PARAM_construct_end();
    int selection = scalar.count > 0 ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    return limen_key_from("EC", selection, parameters);
}

// Makes a new key pair; these are variadic in OpenSSL.
static inline EVP_PKEY *limen_generate_ec(const char *curve) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve);
}

static inline EVP_PKEY *limen_generate_rsa(size_t bits) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
}

static inline EVP_PKEY *limen_generate_ed25519(void) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

// Writes an integer of a key, most significant byte first, padded to a length; 0 when it has none.
static inline int limen_key_integer(
    const EVP_PKEY *key, const char *name, unsigned char *bytes, int count
) {
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return 0;
    int written = BN_bn2binpad(number, bytes, count);
    BN_clear_free(number);
    return written == count;
}

#endif
