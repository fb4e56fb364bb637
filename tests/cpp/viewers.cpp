/// Signing for many viewers.

#include <algorithm>
#include <iterator>
#include <limits>
#include <list>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "api.hpp"
#include "harness.hpp"

using namespace millicast;
using namespace std::chrono_literals;

namespace {

constexpr unix_time noon{std::chrono::seconds(1767268800)}; // 2026-01-01

signer with_key() {
    return signer(7, api::sample_key);
}

claims at_noon() {
    return claims("stage", 60s).set_issued_at(noon).take();
}

jwt verified(std::string_view token) {
    return with_key().verify(token, verify_options().set_now(noon));
}

std::string address_in(std::string_view token) {
    const auto read = verified(token);
    return std::string(read.allowed_ip_addresses()[0]);
}

std::vector<std::string> many_names() {
    std::vector<std::string> names;
    for (int i = 0; i < 1100; i++)
        names.push_back("viewer-" + std::to_string(i));
    return names;
}

bool same(const token_batch &a, const token_batch &b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

std::string_view all_of(const token_batch &batch) {
    return {batch.data(), batch.data_size()};
}

// A column of a temporary would be gone when it is read.
template <typename Column, typename = void>
struct can_lend : std::false_type {};
template <typename Column>
struct can_lend<Column, std::void_t<decltype(std::declval<viewers>().lend_custom_viewer_data(std::declval<Column>())),
                                    decltype(std::declval<viewers>().lend_allowed_ip_address(std::declval<Column>()))>>
    : std::true_type {};
static_assert(can_lend<text_column &>::value && can_lend<const text_column &>::value);
static_assert(can_lend<text_column_view>::value);
static_assert(!can_lend<text_column>::value && !can_lend<const text_column>::value);
static_assert(!can_lend<std::vector<std::string> &>::value, "its copy would be a temporary");

template <typename Lifetimes, typename = void>
struct can_lend_lifetimes : std::false_type {};
template <typename Lifetimes>
struct can_lend_lifetimes<Lifetimes,
                          std::void_t<decltype(std::declval<viewers &>().lend_lifetimes(std::declval<Lifetimes>()))>>
    : std::true_type {};
static_assert(can_lend_lifetimes<std::vector<std::uint32_t> &>::value);
static_assert(!can_lend_lifetimes<std::vector<std::uint32_t>>::value);

static_assert(!std::is_copy_constructible_v<token_batch> && std::is_nothrow_move_constructible_v<token_batch>);
static_assert(!std::is_copy_constructible_v<viewers> && std::is_nothrow_move_constructible_v<viewers>);

} // namespace

TEST("more tokens than memory can hold are a failure and no crash") {
    const millicast::signer signer(7, "a key");
    const claims stream("cam", 60s);
    CHECK_FAILS(signer.try_sign_viewers(stream, viewers(std::size_t{1} << 40)), invalid_argument, "n");
}

TEST("each viewer gets a token with its own data, and an empty one leaves the claim out") {
    const auto what = at_noon().set_custom_viewer_data("of the claims").take();
    const auto batch = with_key().sign_packed(what, {"a", "", "Zoë \"東京\""});
    CHECK_EQ(batch.size(), std::size_t{3});
    CHECK(!batch.empty());
    CHECK_EQ(verified(batch[0]).custom_viewer_data(), "a");
    CHECK_EQ(verified(batch[1]).custom_viewer_data(), std::nullopt);
    CHECK_EQ(verified(batch[2]).custom_viewer_data(), "Zoë \"東京\"");
    for (const auto token : batch) {
        CHECK_EQ(verified(token).issued_at(), noon);
        CHECK_EQ(verified(token).expires_at(), noon + 60s);
    }
    CHECK_EQ(batch[3], "");
    CHECK_EQ(batch[std::numeric_limits<std::size_t>::max()], "");
}

TEST("a batch is one column of tokens, without a NUL between them") {
    const auto batch = with_key().sign_packed(at_noon(), {"a", "bc"});
    CHECK_EQ(batch.offsets()[0], std::int64_t{0});
    CHECK_EQ(batch.offsets()[1], static_cast<std::int64_t>(batch[0].size()));
    CHECK_EQ(batch.offsets()[2], static_cast<std::int64_t>(batch.data_size()));
    CHECK_EQ(std::string(all_of(batch)), std::string(batch[0]) + std::string(batch[1]));
    CHECK(all_of(batch).find('\0') == std::string_view::npos);
    CHECK(batch[0].data() == batch.data());
}

TEST("a batch is looped over in every way that a list is") {
    const auto batch = with_key().sign_packed(at_noon(), {"a", "b", "c"});
    CHECK_EQ(std::distance(batch.begin(), batch.end()), std::ptrdiff_t{3});
    CHECK_EQ(batch.begin()[1], batch[1]);
    CHECK_EQ(*(batch.end() - 1), batch[2]);
    const std::vector<std::string> copies(batch.begin(), batch.end());
    CHECK_EQ(copies[2], batch[2]);
    std::size_t seen = 0;
    for (const auto token : with_key().sign_packed(at_noon(), {"a", "b", "c"}))
        seen += token == batch[seen] ? 1 : 0;
    CHECK_EQ(seen, std::size_t{3});
    // Its tokens are texts, so that a column can be made of them.
    CHECK_EQ(text_column(batch).size(), std::size_t{3});
}

TEST("viewer data comes from braces, from any container and from a column in somebody's memory") {
    const std::vector<std::string> strings{"a", "", "bc"};
    const std::list<std::string_view> views{"a", "", "bc"};
    const char *const pointers[] = {"a", "", "bc"};
    const std::int64_t offsets[] = {0, 1, 1, 3}, slice[] = {4, 5, 5, 7};
    const auto signs = with_key();
    const auto what = at_noon();
    text_column pushed;
    for (const auto &text : strings)
        pushed.push_back(text);
    const auto batch = signs.sign_packed(what, {"a", "", "bc"});
    CHECK(same(batch, signs.sign_packed(what, strings)));
    CHECK(same(batch, signs.sign_packed(what, views)));
    CHECK(same(batch, signs.sign_packed(what, pointers)));
    CHECK(same(batch, signs.sign_packed(what, pushed)));
    CHECK(same(batch, signs.sign_packed(what, text_column_view("abc", offsets, 3))));
    CHECK(same(batch, signs.sign_packed(what, text_column_view("skipabc", slice, 3))));
}

TEST("no viewers have no tokens") {
    const auto signs = with_key();
    const std::int64_t slice[] = {4};
    for (const auto &batch : {signs.try_sign_packed(at_noon(), {}), signs.try_sign_packed(at_noon(), text_column()),
                              signs.try_sign_packed(at_noon(), std::vector<std::string>()),
                              signs.try_sign_packed(at_noon(), text_column_view("skip", slice, 0)),
                              signs.try_sign_viewers(at_noon(), viewers(0), 0)}) {
        if (!CHECK_OK(batch))
            continue;
        CHECK(batch->empty() && batch->begin() == batch->end());
        CHECK_EQ(batch->data_size(), std::size_t{0});
        CHECK_EQ(batch->offsets()[0], std::int64_t{0});
    }
}

TEST("viewers without a column of their own are as the claims say") {
    const auto what = at_noon().set_custom_viewer_data("of the claims").take();
    const auto packed = with_key().sign_packed(what, text_column_view(nullptr, nullptr, 2));
    CHECK_EQ(packed.size(), std::size_t{2});
    CHECK_EQ(packed[0], packed[1]);
    CHECK_EQ(verified(packed[0]).custom_viewer_data(), "of the claims");
    CHECK(same(packed, with_key().sign_viewers(what, viewers(2))));
}

TEST("data, address and lifetime differ from viewer to viewer") {
    const text_column names{"a", "", "c"}, addresses{"192.0.2.1", "2001:db8::1", "192.0.2.0/24"};
    const std::vector<std::uint32_t> lifetimes{1, 60, 86400};
    viewers who(3);
    who.lend_custom_viewer_data(names).lend_allowed_ip_address(addresses).lend_lifetimes(lifetimes);
    CHECK_EQ(who.size(), std::size_t{3});
    CHECK_OK(who.try_check());
    const auto batch = with_key().sign_viewers(
        at_noon().set_custom_viewer_data("of the claims").add_allowed_ip_address("198.51.100.1"), who);
    for (std::size_t i = 0; i < 3; i++) {
        const auto token = verified(batch[i]);
        CHECK_EQ(token.allowed_ip_addresses().size(), std::size_t{1});
        CHECK_EQ(token.expires_at(), noon + std::chrono::seconds(lifetimes[i]));
    }
    CHECK_EQ(address_in(batch[0]), "192.0.2.1");
    CHECK_EQ(address_in(batch[2]), "192.0.2.0/24");
    CHECK_EQ(verified(batch[0]).custom_viewer_data(), "a");
    CHECK_EQ(verified(batch[1]).custom_viewer_data(), std::nullopt);
}

TEST("viewers take columns and lifetimes that lie in somebody's memory") {
    const std::int64_t offsets[] = {2, 3, 5}, addresses[] = {0, 9, 18};
    const std::uint32_t lifetimes[] = {7, 8};
    const auto batch = with_key().sign_viewers(
        at_noon(), viewers(2)
                       .lend_custom_viewer_data(text_column_view("--abc", offsets, 2))
                       .lend_allowed_ip_address(text_column_view("192.0.2.1192.0.2.2", addresses, 2))
                       .lend_lifetimes(lifetimes, 2));
    CHECK_EQ(verified(batch[1]).custom_viewer_data(), "bc");
    CHECK_EQ(address_in(batch[1]), "192.0.2.2");
    CHECK_EQ(verified(batch[1]).expires_at(), noon + 8s);
}

TEST("any number of threads signs what one does") {
    const auto names = many_names();
    const auto signs = with_key();
    const auto alone = signs.sign_packed(at_noon(), names);
    CHECK_EQ(verified(alone[1099]).custom_viewer_data(), "viewer-1099");
    const text_column column(names);
    const auto who = viewers(names.size()).lend_custom_viewer_data(column).take();
    for (const std::int64_t threads : {0, 1, 2, 4, 1000}) {
        CHECK(same(alone, signs.sign_packed(at_noon(), column, threads)));
        CHECK(same(alone, signs.sign_viewers(at_noon(), who, threads)));
    }
    for (const std::int64_t threads : {std::int64_t{-1}, std::int64_t{1} << 32}) {
        CHECK_FAILS(signs.try_sign_packed(at_noon(), column, threads), invalid_argument, "threads");
        CHECK_FAILS(signs.try_sign_viewers(at_noon(), who, threads), invalid_argument, "threads");
    }
}

TEST("8 threads sign for many viewers at once, with one signer, claims and viewers") {
    const auto signs = with_key();
    const auto what = at_noon();
    const text_column column(many_names());
    const auto who = viewers(column.size()).lend_custom_viewer_data(column).take();
    const auto alone = signs.sign_packed(what, column);
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++)
        threads.emplace_back([&] {
            const auto packed = signs.try_sign_packed(what, column, 3), each = signs.try_sign_viewers(what, who, 2);
            CHECK(CHECK_OK(packed) && CHECK_OK(each) && same(alone, *packed) && same(alone, *each));
        });
    for (auto &thread : threads)
        thread.join();
}

TEST("the first wrong viewer is named by index and field") {
    const auto signs = with_key();
    auto names = many_names();
    names[900] = std::string(1025, 'x');
    names[300] = api::not_utf8;
    for (const std::int64_t threads : {1, 4}) {
        const auto failed = signs.try_sign_packed(at_noon(), names, threads);
        CHECK_FAILS(failed, invalid_utf8, "customViewerData");
        CHECK_EQ(failed.error().index(), std::size_t{300});
    }
    CHECK_THROWS(signs.sign_packed(at_noon(), names), invalid_utf8);

    const text_column addresses{"192.0.2.1", "", "192.0.2.*"};
    const auto bound = viewers(3).lend_allowed_ip_address(addresses).take();
    const auto refused = signs.try_sign_viewers(at_noon(), bound);
    CHECK_FAILS(refused, invalid_argument, "allowedIpAddresses");
    CHECK_EQ(refused.error().index(), std::size_t{1});
    CHECK_THROWS(signs.sign_viewers(at_noon(), bound), invalid_argument);

    const std::vector<std::uint32_t> lifetimes{60, 60, 0};
    const auto none = signs.try_sign_viewers(at_noon(), viewers(3).lend_lifetimes(lifetimes));
    CHECK_FAILS(none, invalid_argument, "lifetime_seconds");
    CHECK_EQ(none.error().index(), std::size_t{2});
}

TEST("columns have as many texts as there are viewers") {
    const text_column two{"a", "b"};
    const std::vector<std::uint32_t> one{60};
    CHECK_FAILS(viewers(3).lend_custom_viewer_data(two).try_check(), invalid_argument, "customViewerData");
    CHECK_FAILS(viewers(1).lend_allowed_ip_address(two).try_check(), invalid_argument, "allowedIpAddresses");
    CHECK_FAILS(viewers(2).lend_lifetimes(one).try_check(), invalid_argument, "lifetimes");
    CHECK_FAILS(with_key().try_sign_viewers(at_noon(), viewers(2).lend_lifetimes(one)), invalid_argument, "lifetimes");
}

TEST("offsets that fall or begin below 0 are refused") {
    const std::int64_t falling[] = {0, 2, 1}, negative[] = {-1, 0, 1};
    for (const auto *offsets : {falling, negative}) {
        const text_column_view column("abc", offsets, 2);
        CHECK_FAILS(with_key().try_sign_packed(at_noon(), column), invalid_argument, "customViewerData");
        CHECK_FAILS(viewers(2).lend_custom_viewer_data(column).try_check(), invalid_argument, "customViewerData");
        CHECK_FAILS(viewers(2).lend_allowed_ip_address(column).try_check(), invalid_argument, "allowedIpAddresses");
    }
    CHECK_FAILS(viewers(2).lend_custom_viewer_data(text_column_view("abc", nullptr, 2)).try_check(), null_argument,
                "customViewerData");
    CHECK_FAILS(viewers(2).lend_lifetimes(nullptr, 2).try_check(), null_argument, "lifetimes");
}

TEST("tokens of many viewers go into the caller's memory, when it is enough") {
    const auto signs = with_key();
    const text_column names{"a", "bc"};
    const auto who = viewers(2).lend_custom_viewer_data(names).take();
    const auto batch = signs.sign_packed(at_noon(), names);
    std::size_t needed = 0;
    signs.sign_packed_into(at_noon(), names, nullptr, 0, nullptr, needed);
    CHECK_EQ(needed, batch.data_size());
    std::string out(needed, '#'), other(needed, '#');
    std::vector<std::int64_t> offsets(3, -5);
    CHECK_FAILS(signs.try_sign_packed_into(at_noon(), names, out.data(), needed - 1, offsets.data(), needed),
                buffer_too_small, std::nullopt);
    CHECK_FAILS(signs.try_sign_viewers_into(at_noon(), who, out.data(), needed - 1, offsets.data(), needed),
                buffer_too_small, std::nullopt);
    CHECK_EQ(needed, batch.data_size());
    CHECK_EQ(out, other);
    CHECK_EQ(offsets[0], std::int64_t{-5});
    signs.sign_packed_into(at_noon(), names, out.data(), out.size(), offsets.data(), needed, 0);
    signs.sign_viewers_into(at_noon(), who, other.data(), other.size(), offsets.data(), needed, 2);
    CHECK_EQ(out, all_of(batch));
    CHECK_EQ(other, all_of(batch));
    CHECK(std::equal(offsets.begin(), offsets.end(), batch.offsets()));
    CHECK_THROWS(signs.sign_packed_into(at_noon(), names, nullptr, 5, offsets.data(), needed), null_argument);
    CHECK_THROWS(signs.sign_viewers_into(at_noon(), who, out.data(), 1, offsets.data(), needed), buffer_too_small);
}

TEST("wrong claims and wrong viewers sign nothing, and need nothing") {
    const auto signs = with_key();
    const text_column names{"a"};
    const auto who = viewers(1).lend_custom_viewer_data(names).take();
    std::size_t needed = 9;
    CHECK_FAILS(signs.try_sign_packed(claims("", 1s), names), invalid_argument, "streamName");
    CHECK_FAILS(signs.try_sign_viewers(claims("", 1s), who), invalid_argument, "streamName");
    CHECK_FAILS(signs.try_sign_packed_into(claims("", 1s), names, nullptr, 0, nullptr, needed), invalid_argument,
                "streamName");
    CHECK_EQ(needed, std::size_t{0});
    const auto refused = signer(subscribe_token::from_json(R"({"id":7,"token":"key","isActive":true})"))
                             .try_sign_packed(at_noon(), names);
    CHECK(!refused && refused.error().reason() == reason::parent_stream && !refused.error().index());
}

TEST("batches, viewers and columns that were moved from hold nothing") {
    const text_column names{"a", "b"};
    auto batch = with_key().sign_packed(at_noon(), names);
    const auto text = batch[1];
    const auto begin = batch.begin();
    const auto moved = std::move(batch);
    CHECK(moved[1].data() == text.data());
    CHECK_EQ(*begin, moved[0]);
    CHECK(batch.empty() && batch[0].empty() && batch.begin() == batch.end()); // NOLINT
    CHECK(batch.data() == nullptr && batch.data_size() == 0 && batch.offsets() == nullptr);

    auto who = viewers(2).lend_custom_viewer_data(names).take();
    const auto others = std::move(who);
    CHECK_FAILS(with_key().try_sign_viewers(at_noon(), who), null_argument, "object"); // NOLINT
    CHECK_OK(with_key().try_sign_viewers(at_noon(), others));
    auto signs = with_key();
    const auto other_signer = std::move(signs);
    CHECK_FAILS(signs.try_sign_packed(at_noon(), names), null_argument, std::nullopt); // NOLINT

    text_column column{"a long text, that is not kept inside of the string itself", "b"};
    const text_column kept = std::move(column);
    CHECK_EQ(kept.size(), std::size_t{2});
    CHECK_EQ(column.size(), std::size_t{0}); // NOLINT
    column.push_back("c");
    CHECK(same(with_key().sign_packed(at_noon(), column), with_key().sign_packed(at_noon(), {"c"})));
}

TEST("a stream is verified without comparing it when that is asked for") {
    const signer signs(subscribe_token::from_json(R"({"id":7,"token":"key","isActive":true,
        "streams":[{"streamName":"(?=a)a","isRegex":true}]})"));
    const auto batch = signs.sign_packed(claims("a", 60s).set_unchecked_stream(true), {"a"});
    const auto refused = signs.try_verify(batch[0]);
    CHECK(!refused && refused.error().reason() == reason::parent_pattern);
    CHECK_OK(signs.try_check(batch[0], verify_options().set_unchecked_stream(true)));
    CHECK_FAILS(signs.try_check(batch[0], verify_options().set_unchecked_stream(false)), token_invalid, "streamName");
}
