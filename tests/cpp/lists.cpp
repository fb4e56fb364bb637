/// Lists of tokens, and walks over them.

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "api.hpp"
#include "harness.hpp"
#include "server.hpp"

using namespace millicast;

namespace {

/// Some publish tokens whose labels begin alike, and options for those alone.
struct shelf {
    explicit shelf(int count) : prefix(api::unique("shelf") + "/") {
        for (int i = 0; i < count; i++)
            ids.push_back(api::create_publish(here, prefix + std::to_string(i), "stage"));
    }

    [[nodiscard]] list_options options() const {
        return list_options().set_name(prefix, filter_by::token_name).take();
    }

    client here{api::config()};
    std::string prefix;
    std::vector<std::uint64_t> ids;
};

template <typename List>
std::vector<std::uint64_t> ids_of(const List &list) {
    std::vector<std::uint64_t> ids;
    for (const auto token : list)
        ids.push_back(token.id());
    return ids;
}

} // namespace

#if __cplusplus >= 202002L
#include <ranges>
static_assert(std::ranges::random_access_range<publish_token_list>);
static_assert(std::ranges::random_access_range<id_list>);
static_assert(std::ranges::random_access_range<decltype(publish_token_view().allowed_origins())>);
static_assert(std::input_iterator<publish_token_iter::iterator>);
#endif

TEST("a page of a list is looped over, and its tokens are lent") {
    const shelf shelf(3);
    const auto list = shelf.here.publish_tokens().list_page(shelf.options());
    CHECK_EQ(list.size(), std::size_t{3});
    CHECK(!list.empty());
    CHECK(ids_of(list) == shelf.ids);
    CHECK_EQ(list[1].label(), shelf.prefix + "1");
    CHECK_EQ(list.begin()->id(), shelf.ids[0]);
    CHECK(!list[3]);
    CHECK_EQ(list[3].id(), std::uint64_t{0});
    const auto found = std::find_if(list.begin(), list.end(), [&](auto token) { return token.id() == shelf.ids[2]; });
    CHECK_EQ(found - list.begin(), 2);
}

TEST("a loop goes over what a call gave, even without a name for it") {
    const shelf shelf(3);
    std::vector<std::uint64_t> ids;
    for (const auto token : *shelf.here.publish_tokens().try_list_all(shelf.options()))
        ids.push_back(token.id());
    for (const auto token : shelf.here.publish_tokens().list_all(shelf.options()))
        ids.push_back(token.id());
    CHECK_EQ(ids.size(), std::size_t{6});
    CHECK(std::equal(shelf.ids.begin(), shelf.ids.end(), ids.begin()));
    CHECK(std::equal(shelf.ids.begin(), shelf.ids.end(), ids.begin() + 3));
}

TEST("an entry of a list outlives it as a copy") {
    const shelf shelf(1);
    std::optional<publish_token> kept;
    for (const auto token : shelf.here.publish_tokens().list_page(shelf.options()))
        kept = publish_token::copy(token);
    CHECK(kept && kept->id() == shelf.ids[0]);
}

TEST("a list keeps its entries when it is moved") {
    const shelf shelf(2);
    auto list = shelf.here.publish_tokens().list_page(shelf.options());
    const auto entry = list[1];
    const auto moved = std::move(list);
    CHECK_EQ(entry.id(), shelf.ids[1]);
    CHECK(list.empty() && moved.size() == 2); // NOLINT
}

TEST("pages, their size and the sorting are the options'") {
    const shelf shelf(5);
    auto options = shelf.options();
    options.set_items_on_page(2).set_page(2).set_sort_by(sort_by::added_on).set_descending(true);
    const auto page = shelf.here.publish_tokens().list_page(options);
    CHECK(ids_of(page) == std::vector<std::uint64_t>({shelf.ids[2], shelf.ids[1]}));
    CHECK(shelf.here.publish_tokens().list_page(options.set_page(9)).empty());
}

TEST("a whole list has every page") {
    const shelf shelf(7);
    CHECK(ids_of(shelf.here.publish_tokens().list_all(shelf.options().set_items_on_page(3))) == shelf.ids);
    CHECK_THROWS(shelf.here.publish_tokens().list_all(shelf.options().set_items_on_page(1).set_max_pages(2)), protocol);
}

TEST("without options a list is the account's") {
    const shelf shelf(1);
    CHECK(shelf.here.publish_tokens().list_page().size() >= 1);
    CHECK(shelf.here.publish_tokens().list_all().size() >= 1);
    CHECK_OK(shelf.here.subscribe_tokens().try_list_page());
}

TEST("subscribe tokens are listed by a stream's name") {
    const client here(api::config());
    const auto stream = api::unique("stream");
    const auto id = api::create_subscribe(here, "by stream", stream);
    auto options = list_options().set_name(stream, filter_by::stream_name).take();
    CHECK(ids_of(here.subscribe_tokens().list_all(options)) == std::vector<std::uint64_t>({id}));
    options.set_name(stream, filter_by::token_or_stream_name);
    CHECK(ids_of(here.subscribe_tokens().list_all(options)) == std::vector<std::uint64_t>({id}));
    options.set_name(stream, filter_by::token_name);
    CHECK(here.subscribe_tokens().list_all(options).empty());
}

TEST("publish tokens are listed by their cluster, subscribe tokens can't be") {
    const client here(api::config());
    const auto cluster = api::unique("cluster");
    const auto id = here.publish_tokens().create(
        publish_token_spec("by cluster").add_stream("stage").set_origin_cluster(cluster)).id();
    const auto options = list_options().set_cluster(cluster).take();
    CHECK(ids_of(here.publish_tokens().list_all(options)) == std::vector<std::uint64_t>({id}));
    CHECK_FAILS(here.subscribe_tokens().try_list_all(options), invalid_argument, "cluster");
    CHECK_FAILS(here.subscribe_tokens().try_iter(options), invalid_argument, "cluster");
}

TEST("a walk goes through every page, and its tokens may be kept") {
    const shelf shelf(7);
    std::vector<publish_token> kept;
    for (auto &token : shelf.here.publish_tokens().iter(shelf.options().set_items_on_page(3)))
        kept.push_back(std::move(token));
    std::vector<std::uint64_t> ids;
    for (const auto &token : kept)
        ids.push_back(token.id());
    CHECK(ids == shelf.ids);
}

TEST("a walk is an input range, and a loop can begin where another was left") {
    const shelf shelf(4);
    auto walk = shelf.here.publish_tokens().iter(shelf.options());
    for (const auto &token : walk)
        if (token.id() == shelf.ids[1])
            break;
    auto at = walk.begin();
    CHECK_EQ(at->id(), shelf.ids[2]);
    at++;
    CHECK_EQ((*at).id(), shelf.ids[3]);
    CHECK(at != walk.end());
    ++at;
    CHECK(at == walk.end());
    CHECK(walk.begin() == walk.end());
    CHECK(!walk.next());
}

TEST("an empty walk ends at once") {
    const shelf shelf(0);
    for (const auto &token : shelf.here.publish_tokens().iter(shelf.options()))
        CHECK_EQ(token.id(), std::uint64_t{0});
    auto walk = shelf.here.publish_tokens().iter(shelf.options());
    const auto next = walk.try_next();
    CHECK_OK(next);
    CHECK(next && !next->has_value());
}

TEST("a walk can be moved between two steps") {
    const shelf shelf(3);
    auto walk = shelf.here.publish_tokens().iter(shelf.options().set_items_on_page(1));
    CHECK_EQ(walk.next()->id(), shelf.ids[0]);
    auto moved = std::move(walk);
    CHECK_EQ(moved.next()->id(), shelf.ids[1]);
    CHECK_FAILS(walk.try_next(), null_argument, std::nullopt); // NOLINT
}

TEST("a walk outlives its client, and tells that it was cancelled") {
    const shelf shelf(2);
    std::optional<client> here(api::config());
    auto walk = here->publish_tokens().iter(shelf.options().set_items_on_page(1));
    CHECK(walk.next().has_value());
    here.reset();
    CHECK_FAILS(walk.try_next(), cancelled, std::nullopt);
}

TEST("a walk that fails throws in a loop, and can go on after it") {
    const client here(api::config());
    auto walk = here.subscribe_tokens().iter();
    here.cancel();
    CHECK_THROWS(walk.begin(), cancelled);
    CHECK_FAILS(walk.try_next(), cancelled, std::nullopt);
    here.resume();
    CHECK_OK(walk.try_next());
}
