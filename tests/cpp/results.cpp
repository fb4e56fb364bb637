/// Results, failures and exceptions.

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "api.hpp"
#include "harness.hpp"

using namespace millicast;

namespace {

result<jwt> unreadable() {
    return jwt::try_parse("no.token.this");
}

/// Can a member be called on such a thing? It takes one argument, the thing.
template <typename Thing, typename Call>
constexpr bool can(Call) {
    return std::is_invocable_v<Call, Thing>;
}

#define LIST_OF(LIST) [](auto &&of) -> decltype(static_cast<decltype(of)>(of).LIST()) { return of.LIST(); }

} // namespace

TEST("lists are had of what stays, and of a temporary that owns them they don't compile") {
    CHECK(can<publish_token &>(LIST_OF(streams)) && can<const subscribe_token &>(LIST_OF(streams)));
    CHECK(can<publish_token &>(LIST_OF(restreams)) && can<publish_token_view>(LIST_OF(restreams)));
    CHECK(!can<publish_token>(LIST_OF(streams)) && !can<subscribe_token>(LIST_OF(streams)));
    CHECK(!can<publish_token>(LIST_OF(restreams)) && !can<subscribe_token &>(LIST_OF(restreams)));
    CHECK(!can<publish_token>(LIST_OF(geo_cascade_clusters)) && !can<publish_token>(LIST_OF(allowed_origins)));
    CHECK(!can<publish_token>(LIST_OF(allowed_ip_addresses)) && !can<publish_token>(LIST_OF(allowed_countries)));
    CHECK(!can<publish_token>(LIST_OF(denied_countries)));
    CHECK(!can<publish_token>(LIST_OF(effective_allowed_countries)));
    CHECK(!can<publish_token>(LIST_OF(effective_denied_countries)));
    CHECK(!can<publish_token>(LIST_OF(effective_geo_cascade_clusters)));
    CHECK(can<disable_result &>(LIST_OF(successes)) && !can<disable_result>(LIST_OF(successes)));
    CHECK(can<disable_result &>(LIST_OF(failures)) && !can<disable_result>(LIST_OF(failures)));
    CHECK(can<jwt &>(LIST_OF(allowed_origins)) && !can<jwt>(LIST_OF(allowed_origins)));
    CHECK(can<jwt &>(LIST_OF(allowed_ip_addresses)) && !can<jwt>(LIST_OF(allowed_ip_addresses)));
}

TEST("the version that runs is the one that was compiled with") {
    CHECK_EQ(version_number(), static_cast<std::uint32_t>(MCT_VERSION_NUMBER));
    CHECK_EQ(version_string(), std::to_string(MCT_VERSION_MAJOR) + "." + std::to_string(MCT_VERSION_MINOR) + "."
                                   + std::to_string(MCT_VERSION_PATCH));
}

TEST("a status has the name that it has in C, and a number without one says so") {
    CHECK_EQ(status_name(status::ok), "MCT_OK");
    CHECK_EQ(status_name(status::token_invalid), "MCT_ERR_TOKEN_INVALID");
    CHECK_EQ(status_name(static_cast<status>(1000)), "MCT_STATUS_UNKNOWN");
}

TEST("a failure tells its status, message, reason and that nothing was sent") {
    const auto failed = unreadable();
    CHECK_FAILS(failed, token_invalid, std::nullopt);
    CHECK_EQ(failed.error().reason(), reason::malformed);
    CHECK_EQ(failed.error().outcome(), outcome::not_sent);
    CHECK_EQ(failed.error().http_status(), std::nullopt);
    CHECK_EQ(failed.error().details(), std::nullopt);
    CHECK_EQ(failed.error().retry_after(), std::nullopt);
    CHECK_EQ(failed.error().index(), std::nullopt);
}

TEST("a failure outlives the result that it came in, and is never empty") {
    std::optional<failure> kept;
    {
        const auto failed = unreadable();
        kept = failed.error();
    }
    const failure moved = std::move(*kept);
    CHECK_EQ(kept->status(), status::token_invalid);
    CHECK_EQ(moved.status(), status::token_invalid);
    CHECK_EQ(kept->message(), moved.message());
}

TEST("a result has a value or a failure, and value() throws what error() tells") {
    auto failed = unreadable();
    CHECK(!failed.has_value());
    CHECK_THROWS(failed.value(), token_invalid);
    CHECK_THROWS(failed.check(), token_invalid);
    CHECK_THROWS(unreadable().value(), token_invalid);
    auto good = signer::try_make(7, api::sample_key);
    CHECK_OK(good);
    CHECK(good.value().get() != nullptr);
    CHECK_EQ(good->get(), (*good).get());
    const signer taken = std::move(good).value();
    CHECK(taken.get() != nullptr);
}

TEST("an exception is a runtime_error and has everything that the failure has") {
    try {
        signer(7, api::sample_key).check("no.token.this");
        harness::check(false, "it throws", __FILE__, __LINE__);
    } catch (const std::runtime_error &caught) {
        const auto *error = dynamic_cast<const millicast::error *>(&caught);
        if (!CHECK(error != nullptr))
            return;
        const millicast::error copy = *error;
        CHECK_EQ(copy.status(), status::token_invalid);
        CHECK_EQ(copy.reason(), reason::malformed);
        CHECK_EQ(std::string_view(copy.what()), copy.message());
    }
}

TEST("copying an exception can't throw") {
    CHECK(std::is_nothrow_copy_constructible_v<error>);
    CHECK(std::is_nothrow_copy_constructible_v<failure>);
}

TEST("what can't fail says so to the compiler") {
    constexpr std::string_view text;
    constexpr std::chrono::seconds lifetime(1);
    CHECK(noexcept(jwt::try_parse(text)));
    CHECK(noexcept(claims(text, lifetime)));
    CHECK(noexcept(std::declval<claims &>().set_tracking_id(text)));
    CHECK(noexcept(std::declval<const client &>().subscribe_tokens().try_read(1)));
    CHECK(noexcept(std::declval<const subscribe_token &>().label()));
}

TEST("what owns something can be moved, without throwing, and not copied") {
    CHECK(std::is_nothrow_move_constructible_v<client> && !std::is_copy_constructible_v<client>);
    CHECK(std::is_nothrow_move_assignable_v<client> && !std::is_copy_assignable_v<client>);
    CHECK(std::is_nothrow_move_constructible_v<publish_token> && !std::is_copy_constructible_v<publish_token>);
    CHECK(std::is_nothrow_move_assignable_v<publish_token> && !std::is_copy_assignable_v<publish_token>);
    CHECK(std::is_nothrow_move_constructible_v<publish_token_spec>);
    CHECK(!std::is_copy_constructible_v<publish_token_spec>);
    CHECK(std::is_nothrow_move_constructible_v<subscribe_token_list>);
    CHECK(!std::is_copy_constructible_v<subscribe_token_list>);
    CHECK(std::is_nothrow_move_constructible_v<signed_token> && !std::is_copy_constructible_v<signed_token>);
    CHECK(std::is_trivially_copyable_v<publish_token_view>);
}
