/// @file
/// A server on loopback that answers what a test wants, for what no emulator of the platform does.

#ifndef SERVER_HPP
#define SERVER_HPP

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace net {

/// Answers each request with the same bytes and closes; with none it closes at once, and a silent one lets them wait.
/// One that begins silent lets the first wait until its client hangs up, and answers those behind it.
class server {
public:
    enum class manner { answers, is_silent, begins_silent };

    explicit server(std::string answer, manner how = manner::answers);
    server(const server &) = delete;
    server &operator=(const server &) = delete;
    ~server();

    [[nodiscard]] const std::string &url() const { return url_; }
    /// The requests that came, one behind the other.
    [[nodiscard]] std::string received() const;
    /// Returns when a request has come.
    void wait_for_request() const;

private:
    void run();
    void serve(int connection);
    /// Waits until there is something to read; false when the server ends before.
    [[nodiscard]] bool comes_from(int descriptor) const;

    std::string answer_;
    manner how_;
    bool has_begun_ = false;
    std::string url_;
    int listener_ = -1;
    /// A pipe: when the end that is written to is closed, the server ends.
    int end_[2] = {-1, -1};
    mutable std::mutex lock_;
    mutable std::condition_variable has_received_;
    std::string received_;
    std::thread thread_;
};

/// An answer with these head lines ("Name: value\r\n" each) and a body.
std::string answer(int status, std::string_view body, std::string_view head = "");

/// The URL of a port where nobody listens.
std::string closed_port();

/// Posts JSON and answers the HTTP status; 0 when there was none.
int post(std::string_view base_url, std::string_view path, std::string_view json);

} // namespace net

#endif
