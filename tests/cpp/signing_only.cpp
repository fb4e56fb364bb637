/// What a host does that signs only: compiled with MCT_NO_CLIENT, which leaves out everything else.

#ifndef MCT_NO_CLIENT
#define MCT_NO_CLIENT
#endif

#include "harness.hpp"

using namespace millicast;
using namespace std::chrono_literals;

TEST("without the client a token is signed for a parent that was kept as JSON") {
    const auto parent = subscribe_token::from_json(R"({"id":7,"token":"key","isActive":true,
        "streams":[{"streamName":"stage"}],"tracking":{"trackingId":"group"}})");
    CHECK_EQ(parent.tracking_id(), "group");
    const signer signs(parent);
    const auto text = signs.sign(claims("stage", 60s).set_tracking_id("group"));
    CHECK_EQ(signs.verify(text.text()).tracking_id(), "group");
    CHECK_THROWS(signs.sign(claims("stage", 60s)), token_invalid);
}

TEST("without the client tokens for many viewers are signed and verified") {
    const signer signs(subscribe_token::from_json(R"({"id":7,"token":"key","isActive":true,
        "streams":[{"streamName":"stage"}]})"));
    const auto batch = signs.sign_packed(claims("stage", 60s), {"a", "b"}, 0);
    CHECK_EQ(signs.verify(batch[1]).custom_viewer_data(), "b");
    const text_column addresses{"192.0.2.1", "192.0.2.*"};
    CHECK_THROWS(signs.sign_viewers(claims("stage", 60s), viewers(2).lend_allowed_ip_address(addresses)),
                 invalid_argument);
}

TEST("without the client nothing of it is declared") {
#ifdef MILLICAST_TOKENS_CLIENT_HPP
    CHECK(!"the client's header was included");
#endif
    CHECK(version_number() > 0);
}
