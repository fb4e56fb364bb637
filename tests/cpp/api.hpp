/// @file
/// The API that the tests call: an emulator, by MILLICAST_API_URL and MILLICAST_API_SECRET.

#ifndef API_HPP
#define API_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "millicast_tokens.hpp"

namespace api {

/// The platform's own sample key.
inline constexpr std::string_view sample_key = "d2e166fdda89824a6c493d8a2af7a075";

inline constexpr std::string_view with_nul("a\0b", 3);
inline constexpr std::string_view not_utf8("a\xff");

std::string url();
std::string secret();

/// For the emulator, without retries.
millicast::client_config config();
/// For another address.
millicast::client_config config(std::string_view url);

/// A label that no other test uses, and no other run of them.
std::string unique(std::string_view label);

/// Tells the emulator something, by its own means. True when it took it.
bool control(std::string_view path, std::string_view json);

/// The id of a subscribe token that was made for one stream.
std::uint64_t create_subscribe(const millicast::client &client, std::string_view label, std::string_view stream);
std::uint64_t create_publish(const millicast::client &client, std::string_view label, std::string_view stream);

} // namespace api

#endif
