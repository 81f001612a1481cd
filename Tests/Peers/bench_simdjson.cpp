// Megabytes a second of simdjson's DOM over files, widest vectors and none, as one JSON line each.
#include <chrono>
#include <cstdio>
#include <simdjson.h>

// The parser keeps the implementation that it was made with.
static double rate(const simdjson::padded_string &text) {
    simdjson::dom::parser parser;
    double best = 0;
    for (int round = 0; round < 9; round++) {
        auto start = std::chrono::steady_clock::now();
        long count = 0;
        double seconds = 0;
        do {
            for (int i = 0; i < 8; i++) {
                simdjson::dom::element root;
                if (parser.parse(text).get(root)) return -1;
            }
            count += 8;
            seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        } while (seconds < 0.03);
        double found = double(count) * double(text.size()) / seconds / 1e6;
        if (found > best) best = found;
    }
    return best;
}

int main(int count, char **names) {
    for (int i = 1; i < count; i++) {
        simdjson::padded_string text;
        if (simdjson::padded_string::load(names[i]).get(text)) return 1;
        const simdjson::implementation *widest = simdjson::get_active_implementation();
        double wide = rate(text);
        simdjson::get_active_implementation() = simdjson::get_available_implementations()["fallback"];
        double scalar = rate(text);
        simdjson::get_active_implementation() = widest;
        std::printf("{\"bytes\":%zu,\"kind\":\"%s\",\"wide\":%.1f,\"fallback\":%.1f}\n",
                    text.size(), widest->name().c_str(), wide, scalar);
    }
}
