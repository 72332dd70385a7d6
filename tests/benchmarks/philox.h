/* The luck of abm/draws.py: a number in [0, 1) by address. */
#include <stdint.h>

static double uniform(uint64_t who, uint32_t month, uint32_t stream, uint32_t k0, uint32_t k1) {
    uint32_t c0 = (uint32_t)who, c1 = (uint32_t)(who >> 32), c2 = month, c3 = stream;
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)c0 * 0xD2511F53u, p1 = (uint64_t)c2 * 0xCD9E8D57u;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1, c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
    return ((c0 >> 5) * 67108864.0 + (c1 >> 6)) / 9007199254740992.0;
}
