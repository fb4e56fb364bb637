// Makes a subscribe token, signs a token for one viewer with it, verifies that, and deletes the subscribe token again.
//
//     quickstart [--base-url URL] [--api-secret-file FILE]
//
// Without the options, MILLICAST_API_URL and MILLICAST_API_SECRET say where and as whom.

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "millicast_tokens.h"

namespace {

// A handle that frees itself, with the function that belongs to it.
template <auto Free>
struct Freed {
    template <typename Handle>
    void operator()(Handle *handle) const noexcept { Free(handle); }
};
template <typename Handle, auto Free>
using Owned = std::unique_ptr<Handle, Freed<Free>>;

using Error = Owned<mct_error, mct_error_free>;
using Config = Owned<mct_client_config, mct_client_config_free>;
using Client = Owned<mct_client, mct_client_free>;
using Spec = Owned<mct_subscribe_token_spec, mct_subscribe_token_spec_free>;
using Token = Owned<mct_subscribe_token, mct_subscribe_token_free>;
using Signer = Owned<mct_signer, mct_signer_free>;
using Claims = Owned<mct_claims, mct_claims_free>;
using Jwt = Owned<mct_jwt, mct_jwt_free>;
using Text = Owned<char, mct_string_free>;

// Makes the call, with the error that each of them takes last, and throws what went wrong.
template <typename Function, typename... Arguments>
void call(Function function, Arguments... arguments) {
    mct_error *raw = nullptr;
    const mct_status status = function(arguments..., &raw);
    const Error error(raw);
    if (status != MCT_OK)
        throw std::runtime_error(std::string(mct_status_name(status)) + ": " + mct_error_message(error.get()));
}

// The same for functions that give something before the error: make<Token>(mct_subscribe_token_read, client, id).
template <typename Result, typename Function, typename... Arguments>
Result make(Function function, Arguments... arguments) {
    typename Result::pointer made = nullptr;
    call(function, arguments..., &made);
    return Result(made);
}

struct Options {
    std::string base_url;
    std::string secret;
};

std::string environment(const char *name) {
    const char *value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::string first_line(const char *path) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line))
        throw std::runtime_error(std::string("the file with the API secret can't be read: ") + path);
    if (!line.empty() && line.back() == '\r')
        line.pop_back();
    return line;
}

Options read_options(int argc, char **argv) {
    Options options{environment("MILLICAST_API_URL"), environment("MILLICAST_API_SECRET")};
    for (int i = 1; i < argc; i++) {
        const std::string_view name = argv[i];
        if (name == "--base-url" && i + 1 < argc)
            options.base_url = argv[++i];
        else if (name == "--api-secret-file" && i + 1 < argc)
            options.secret = first_line(argv[++i]);
        else if (name == "--api-secret" || name.substr(0, 13) == "--api-secret=")
            throw std::runtime_error("every user of the machine sees a secret on the command line; "
                                     "use --api-secret-file or MILLICAST_API_SECRET");
        else
            throw std::runtime_error("usage: quickstart [--base-url URL] [--api-secret-file FILE]");
    }
    if (options.secret.empty())
        throw std::runtime_error("no API secret: give --api-secret-file or set MILLICAST_API_SECRET");
    return options;
}

Client connect(const Options &options) {
    const auto config = make<Config>(mct_client_config_new, options.secret.c_str());
    if (!options.base_url.empty())
        call(mct_client_config_set_base_url, config.get(), options.base_url.c_str());
    return make<Client>(mct_client_new, config.get());
}

Token create(mct_client *client) {
    const auto spec = make<Spec>(mct_subscribe_token_spec_new, "quickstart");
    call(mct_subscribe_token_spec_add_stream, spec.get(), "StageCam", false);
    call(mct_subscribe_token_spec_set_expires, spec.get(), 3600u);
    return make<Token>(mct_subscribe_token_create, client, spec.get());
}

void sign_for_viewer(const mct_subscribe_token *parent) {
    const auto signer = make<Signer>(mct_signer_from_token, parent, MCT_HS256);
    const auto claims = make<Claims>(mct_claims_new, "StageCam", 60u);
    call(mct_claims_set_custom_viewer_data, claims.get(), "viewer-1");

    char *signed_token = nullptr;
    call(mct_signer_sign, signer.get(), claims.get(), &signed_token, nullptr);
    const Text jwt(signed_token);
    const auto read = make<Jwt>(mct_signer_verify, signer.get(), jwt.get(), nullptr);
    std::cout << "signed and verified a token of " << std::string_view(jwt.get()).size() << " characters for "
              << mct_jwt_custom_viewer_data(read.get()) << " to watch " << mct_jwt_stream_name(read.get()) << '\n';
}

// Deletes a token at the end of a block, however that ends.
class Deleted {
public:
    Deleted(mct_client *client, std::uint64_t id) : client_(client), id_(id) {}
    Deleted(const Deleted &) = delete;
    Deleted &operator=(const Deleted &) = delete;
    ~Deleted() {
        if (mct_subscribe_token_delete(client_, id_, nullptr) == MCT_OK)
            std::cout << "deleted subscribe token " << id_ << '\n';
        else
            std::cerr << "quickstart: subscribe token " << id_ << " was left behind\n";
    }

private:
    mct_client *client_;
    std::uint64_t id_;
};

void run(const Options &options) {
    const Client client = connect(options);
    const Token token = create(client.get());
    const Deleted afterwards(client.get(), mct_subscribe_token_id(token.get()));
    std::cout << "made subscribe token " << mct_subscribe_token_id(token.get()) << '\n';
    sign_for_viewer(token.get());
}

} // namespace

int main(int argc, char **argv) {
    try {
        run(read_options(argc, argv));
        return EXIT_SUCCESS;
    } catch (const std::exception &error) {
        std::cerr << "quickstart: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
