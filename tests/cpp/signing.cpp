/// Signing, reading and verifying, without a client.

#include <string>
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

subscribe_token parent(std::string_view more) {
    return subscribe_token::from_json(R"({"id":7,"token":"key","isActive":true,"streams":[{"streamName":"stage"}])"
                                      + std::string(more) + "}");
}

/// The end of a parent that has not come yet, whenever this runs: in the year 9000.
constexpr std::string_view far_end = R"(,"expiresOn":"9000-01-01T00:00:00Z")";
constexpr unix_time far{std::chrono::seconds(221845392000)};

/// The reason for which a parent's rule refuses to sign for a minute.
reason refusal(std::string_view more, std::string_view stream = "stage", unix_time issued_at = far - 60s) {
    const auto signed_by = signer(parent(more)).try_sign(claims(stream, 60s).set_issued_at(issued_at));
    if (signed_by)
        return reason::none;
    CHECK_EQ(signed_by.error().status(), status::token_invalid);
    return signed_by.error().reason();
}

} // namespace

TEST("a signed token verifies and says every claim") {
    const auto signs = with_key();
    claims what("stage", 60s);
    what.set_tracking_id("group").set_custom_viewer_data("Zoë 東京").set_origin_cluster("osl-1");
    what.add_allowed_origin("a.example").add_allowed_origin("b.example").add_allowed_ip_address("192.0.2.1");
    what.set_issued_at(noon);
    const auto signed_text = signs.sign(what);
    CHECK_EQ(signed_text.expires_at(), noon + 60s);
    const auto token = signs.verify(signed_text.text(), verify_options().set_now(noon + 30s));
    CHECK_EQ(token.algorithm(), algorithm::hs256);
    CHECK_EQ(token.token_id(), std::uint64_t{7});
    CHECK_EQ(token.token_type(), "Subscribe");
    CHECK_EQ(token.stream_name(), "stage");
    CHECK_EQ(token.tracking_id(), "group");
    CHECK_EQ(token.custom_viewer_data(), "Zoë 東京");
    CHECK_EQ(token.origin_cluster(), "osl-1");
    const auto origins = token.allowed_origins();
    CHECK_EQ(origins.size(), std::size_t{2});
    CHECK_EQ(origins[0], "a.example");
    CHECK_EQ(origins[1], "b.example");
    CHECK_EQ(token.allowed_ip_addresses()[0], "192.0.2.1");
    CHECK_EQ(token.issued_at(), noon);
    CHECK_EQ(token.expires_at(), noon + 60s);
    CHECK_EQ(token.not_before(), std::nullopt);
    CHECK(token.header_json().find("HS256") != std::string_view::npos);
    CHECK(token.json().find("Subscribe") != std::string_view::npos);
}

TEST("a claim that a token does not have is nothing") {
    const auto token = jwt::parse(with_key().sign(claims("stage", 60s)).text());
    CHECK(!token.tracking_id() && !token.custom_viewer_data() && !token.origin_cluster() && !token.not_before());
    CHECK(token.allowed_origins().empty() && token.allowed_ip_addresses().empty());
}

TEST("a JWT that was moved from says nothing") {
    auto token = jwt::parse(with_key().sign(claims("stage", 60s)).text());
    const auto stream = token.stream_name();
    const auto moved = std::move(token);
    CHECK(moved.stream_name()->data() == stream->data());
    CHECK(!token.token_id() && !token.stream_name() && !token.expires_at() && token.json().empty()); // NOLINT
    CHECK_EQ(static_cast<int>(token.algorithm()), 0);
}

TEST("every algorithm signs, and verifies only what it signed itself") {
    for (const auto mine : {algorithm::hs256, algorithm::hs384, algorithm::hs512}) {
        const signer signs(7, api::sample_key, mine);
        const auto text = signs.sign(claims("stage", 60s));
        CHECK_EQ(signs.verify(text.text()).algorithm(), mine);
        for (const auto other : {algorithm::hs256, algorithm::hs384, algorithm::hs512}) {
            const auto verdict = signer(7, api::sample_key, other).try_check(text.text());
            CHECK(verdict.has_value() == (other == mine));
            CHECK(verdict.has_value() || verdict.error().reason() == reason::algorithm);
        }
    }
}

TEST("each signing has its own times, and claims can be used again") {
    const auto signs = with_key();
    claims what("stage", 60s);
    const auto first = signs.sign(what.set_issued_at(noon));
    const auto second = signs.sign(what.set_issued_at(noon + 1s));
    CHECK_EQ(second.expires_at() - first.expires_at(), 1s);
    CHECK(first.text() != second.text());
}

TEST("a token is signed into the caller's memory, with a NUL behind it") {
    const auto signs = with_key();
    const auto what = claims("stage", 60s).set_issued_at(noon).take();
    const auto text = signs.sign(what);
    std::vector<char> buffer(text.text().size() + 1, '#');
    std::size_t length = 99;
    CHECK_EQ(signs.sign_into(what, buffer.data(), buffer.size(), length), noon + 60s);
    CHECK_EQ(std::string_view(buffer.data()), text.text());
    CHECK_EQ(length, text.text().size());
}

TEST("a buffer that is too small stays as it is, and the length that is needed is told") {
    const auto signs = with_key();
    const auto what = claims("stage", 60s).set_issued_at(noon).take();
    const auto needed = signs.sign(what).text().size();
    std::vector<char> buffer(needed, '#');
    std::size_t length = 0;
    CHECK_FAILS(signs.try_sign_into(what, buffer.data(), buffer.size(), length), buffer_too_small, std::nullopt);
    CHECK_EQ(length, needed);
    CHECK(std::string(buffer.begin(), buffer.end()) == std::string(needed, '#'));
    CHECK_FAILS(signs.try_sign_into(what, nullptr, 0, length), buffer_too_small, std::nullopt);
    CHECK_EQ(length, needed);
    CHECK_FAILS(signs.try_sign_into(claims("", 1s), nullptr, 0, length), invalid_argument, "streamName");
    CHECK_EQ(length, std::size_t{0});
    CHECK_THROWS(signs.sign_into(what, nullptr, 0, length), buffer_too_small);
}

TEST("a token says why it does not verify") {
    const auto signs = with_key();
    const auto text = std::string(signs.sign(claims("stage", 60s).set_issued_at(noon)).text());
    const auto verdict = [&](std::string_view token, unix_time now) {
        const auto read = signs.try_verify(token, verify_options().set_now(now));
        CHECK(!read.has_value() || now < noon + 60s);
        return read ? reason::none : read.error().reason();
    };
    CHECK_EQ(verdict(text, noon + 59s), reason::none);
    CHECK_EQ(verdict(text, noon + 60s), reason::expired);
    CHECK_EQ(verdict("a.b", noon), reason::malformed);
    CHECK_EQ(verdict("", noon), reason::malformed);
    const auto foreign = signer(7, "another key").sign(claims("stage", 60s).set_issued_at(noon));
    CHECK_EQ(verdict(foreign.text(), noon), reason::signature);
    CHECK_THROWS(signs.verify(text, verify_options().set_now(noon + 1h)), token_invalid);
    CHECK_OK(signs.try_check(text, verify_options().set_now(noon + 62s).set_leeway(5s)));
}

TEST("what only reads a token verifies nothing") {
    const auto text = signer(7, "another key").sign(claims("stage", 60s).set_issued_at(noon));
    CHECK_EQ(jwt::parse(text.text()).stream_name(), "stage");
    CHECK_THROWS(jwt::parse("a.b.c"), token_invalid);
}

TEST("a signer that knows its parent refuses what the platform would refuse") {
    CHECK_EQ(refusal(""), reason::none);
    CHECK_EQ(refusal("", "other"), reason::parent_stream);
    CHECK_EQ(refusal(far_end, "stage", far - 60s), reason::none);
    CHECK_EQ(refusal(far_end, "stage", far - 59s), reason::parent_lifetime);
    CHECK_EQ(refusal("", "stage", noon), reason::expired);
    CHECK_EQ(refusal(R"(,"expiresOn":"2020-01-01T11:00:00Z")"), reason::parent_expired);
    CHECK_EQ(refusal(R"(,"tracking":{"trackingId":"group"})"), reason::parent_tracking_id);
    const signer disabled(subscribe_token::from_json(R"({"id":7,"token":"key","isActive":false,
        "streams":[{"streamName":"stage"}]})"));
    const auto refused = disabled.try_sign(claims("stage", 60s));
    CHECK(!refused && refused.error().reason() == reason::parent_inactive);
    CHECK_THROWS(disabled.sign(claims("stage", 60s)), token_invalid);
}

TEST("a token is cut to its parent's end when that is asked for") {
    const signer signs(parent(far_end));
    CHECK_EQ(signs.sign(claims("stage", 60s).set_issued_at(far - 30s).set_cut_to_parent(true)).expires_at(), far);
}

TEST("a stream is not checked against the parent's pattern when that is asked for") {
    const signer signs(subscribe_token::from_json(R"({"id":7,"token":"key","isActive":true,
        "streams":[{"streamName":"(?=a)a","isRegex":true}]})"));
    const auto refused = signs.try_sign(claims("a", 60s));
    CHECK(!refused && refused.error().reason() == reason::parent_pattern);
    CHECK_OK(signs.try_sign(claims("a", 60s).set_unchecked_stream(true)));
}

TEST("a parent without its secret string can't sign") {
    CHECK_FAILS(signer::try_make(subscribe_token::from_json(R"({"id":7})")), invalid_argument, "token");
    CHECK_THROWS(signer(subscribe_token_view()), null_argument);
    CHECK_THROWS(signer(7, ""), invalid_argument);
}

TEST("a signed text keeps its place when it is moved") {
    auto text = with_key().sign(claims("stage", 60s));
    const auto before = text.text();
    const auto moved = std::move(text);
    CHECK(moved.text().data() == before.data());
    CHECK_EQ(text.text(), ""); // NOLINT
    CHECK_EQ(moved.text().data()[moved.text().size()], '\0');
}
