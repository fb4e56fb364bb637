/// The host's log.

#include <atomic>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "api.hpp"
#include "harness.hpp"

using namespace millicast;

namespace {

struct journal {
    std::mutex lock;
    std::vector<std::pair<log_level, std::string>> lines;
};

log_function written_to(const std::shared_ptr<journal> &book) {
    return [book](log_level level, std::string_view message) {
        const std::lock_guard<std::mutex> guard(book->lock);
        book->lines.emplace_back(level, message);
    };
}

} // namespace

TEST("a log has a line for each answer, none of them with the secret or a token") {
    const auto book = std::make_shared<journal>();
    const client here(api::config().set_log(log_level::trace, written_to(book)));
    const auto token = here.subscribe_tokens().create(subscribe_token_spec("logged").add_stream("stage"));
    CHECK(!book->lines.empty());
    for (const auto &[level, message] : book->lines) {
        CHECK(level >= log_level::error && level <= log_level::trace && !message.empty());
        CHECK(message.find(api::secret()) == std::string::npos);
        CHECK(message.find(*token.value()) == std::string::npos);
    }
}

TEST("no line is more detailed than was asked for") {
    const auto book = std::make_shared<journal>();
    const client here(api::config().set_log(log_level::error, written_to(book)));
    CHECK_OK(here.subscribe_tokens().try_list_page());
    CHECK(book->lines.empty());
    CHECK(!here.subscribe_tokens().try_read(1));
    CHECK(!book->lines.empty());
    for (const auto &[level, message] : book->lines)
        CHECK_EQ(level, log_level::error);
}

TEST("what a log holds is destroyed once, with the last client that knows it") {
    const auto book = std::make_shared<journal>();
    {
        auto config = api::config().set_log(log_level::info, written_to(book)).take();
        std::optional<client> first(config), second(config);
        { const auto gone = std::move(config); }
        CHECK_EQ(book.use_count(), 2);
        first.reset();
        CHECK_EQ(book.use_count(), 2);
        CHECK_OK(second->subscribe_tokens().try_list_page());
        CHECK(!book->lines.empty());
    }
    CHECK_EQ(book.use_count(), 1);
}

TEST("a second log takes the place of the first, and one that is refused is destroyed") {
    const auto first = std::make_shared<journal>(), second = std::make_shared<journal>();
    auto config = api::config();
    config.set_log(log_level::info, written_to(first)).set_log(log_level::info, written_to(second));
    CHECK_EQ(first.use_count(), 1);
    CHECK_EQ(second.use_count(), 2);
    config.set_log(static_cast<log_level>(77), written_to(first));
    CHECK_EQ(first.use_count(), 1);
    CHECK_FAILS(config.try_check(), invalid_argument, "most_detailed");
}

TEST("what a log throws goes no further, and the call goes on") {
    const auto thrown = std::make_shared<std::atomic<int>>(0);
    const client here(api::config().set_log(log_level::trace, [thrown](log_level, std::string_view) {
        ++*thrown;
        throw std::runtime_error("the disk is full");
    }));
    CHECK_OK(here.subscribe_tokens().try_list_page());
    CHECK(*thrown > 0);
}

TEST("a log may call the library") {
    const auto nested = std::make_shared<std::atomic<int>>(0);
    const auto here = std::make_shared<std::optional<client>>();
    here->emplace(api::config().set_log(log_level::info, [nested, here](log_level, std::string_view) {
        if ((*nested)++ == 0)
            CHECK_OK((*here)->subscribe_tokens().try_list_page());
    }));
    CHECK_OK((*here)->subscribe_tokens().try_list_page());
    CHECK(*nested >= 2);
    here->reset();
}
