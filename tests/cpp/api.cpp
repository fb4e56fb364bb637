#include "api.hpp"

#include <atomic>
#include <cstdlib>
#include <unistd.h>

#include "server.hpp"

namespace api {

namespace {

std::string environment(const char *name, const char *otherwise) {
    const char *value = std::getenv(name);
    return value == nullptr ? otherwise : value;
}

} // namespace

std::string url() {
    return environment("MILLICAST_API_URL", "http://127.0.0.1:1");
}

std::string secret() {
    return environment("MILLICAST_API_SECRET", "no-secret");
}

millicast::client_config config(std::string_view url) {
    return millicast::client_config(secret()).set_base_url(url).set_max_retries(0).take();
}

millicast::client_config config() {
    return config(url());
}

std::string unique(std::string_view label) {
    static std::atomic<unsigned> count{0};
    return std::string(label) + "-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

bool control(std::string_view path, std::string_view json) {
    return net::post(url(), "/_emulator/" + std::string(path), json) == 200;
}

std::uint64_t create_subscribe(const millicast::client &client, std::string_view label, std::string_view stream) {
    const auto made = client.subscribe_tokens().try_create(millicast::subscribe_token_spec(label).add_stream(stream));
    return made ? made->id() : 0;
}

std::uint64_t create_publish(const millicast::client &client, std::string_view label, std::string_view stream) {
    const auto made = client.publish_tokens().try_create(millicast::publish_token_spec(label).add_stream(stream));
    return made ? made->id() : 0;
}

} // namespace api
