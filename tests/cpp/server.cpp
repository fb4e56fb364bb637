#include "server.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace net {

namespace {

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

/// The C interface of sockets takes one address type for all families.
const sockaddr *generic(const sockaddr_in &address) {
    return static_cast<const sockaddr *>(static_cast<const void *>(&address));
}

sockaddr *generic(sockaddr_in &address) {
    return static_cast<sockaddr *>(static_cast<void *>(&address));
}

int listen_on(std::string &url) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, generic(address), size) != 0 || listen(listener, 128) != 0
        || getsockname(listener, generic(address), &size) != 0) {
        std::perror("no port on loopback");
        std::abort();
    }
    url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    return listener;
}

/// Has the whole request come, its body included?
bool is_whole(const std::string &request) {
    const auto end = request.find("\r\n\r\n");
    if (end == std::string::npos)
        return false;
    std::string head = request.substr(0, end);
    std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return std::tolower(c); });
    const std::string name = "content-length:";
    const auto at = head.find(name);
    const auto length = at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + name.size(), nullptr, 10);
    return request.size() >= end + 4 + length;
}

void send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

} // namespace

server::server(std::string answer, manner how) : answer_(std::move(answer)), how_(how) {
    listener_ = listen_on(url_);
    if (pipe2(end_, O_CLOEXEC) != 0) {
        std::perror("no pipe");
        std::abort();
    }
    thread_ = std::thread([this] { run(); });
}

server::~server() {
    close(end_[1]);
    thread_.join();
    close(end_[0]);
    close(listener_);
}

std::string server::received() const {
    const std::lock_guard<std::mutex> guard(lock_);
    return received_;
}

bool server::comes_from(int descriptor) const {
    pollfd watched[] = {{descriptor, POLLIN, 0}, {end_[0], 0, 0}};
    while (poll(watched, 2, -1) < 0 && errno == EINTR)
        continue;
    return watched[1].revents == 0 && watched[0].revents != 0;
}

void server::wait_for_request() const {
    std::unique_lock<std::mutex> guard(lock_);
    has_received_.wait(guard, [this] { return !received_.empty(); });
}

void server::run() {
    while (comes_from(listener_)) {
        const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0)
            continue;
        serve(connection);
        close(connection);
    }
}

void server::serve(int connection) {
    std::string request;
    char bytes[4096];
    while (!is_whole(request) && comes_from(connection)) {
        const ssize_t length = read(connection, bytes, sizeof bytes);
        if (length <= 0)
            break;
        request.append(bytes, static_cast<std::size_t>(length));
        // What is no HTTP, such as the beginning of TLS, is not waited for.
        if (std::isalpha(static_cast<unsigned char>(request[0])) == 0)
            break;
    }
    {
        const std::lock_guard<std::mutex> guard(lock_);
        received_ += request;
    }
    has_received_.notify_all();
    if (how_ == manner::is_silent)
        // A descriptor of -1 is never readable: this waits for the server's end.
        static_cast<void>(comes_from(-1));
    else if (how_ == manner::begins_silent && !std::exchange(has_begun_, true))
        static_cast<void>(comes_from(connection));
    else
        send_all(connection, answer_);
}

std::string answer(int status, std::string_view body, std::string_view head) {
    return "HTTP/1.1 " + std::to_string(status) + " Status\r\nConnection: close\r\nContent-Length: "
        + std::to_string(body.size()) + "\r\n" + std::string(head) + "\r\n" + std::string(body);
}

std::string closed_port() {
    std::string url;
    close(listen_on(url));
    return url;
}

int post(std::string_view base_url, std::string_view path, std::string_view json) {
    const std::string port(base_url.substr(base_url.rfind(':') + 1));
    const sockaddr_in address = loopback(std::atoi(port.c_str()));
    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int status = 0;
    if (connect(connection, generic(address), sizeof address) == 0) {
        send_all(connection, "POST " + std::string(path)
                     + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
                       "Content-Length: "
                     + std::to_string(json.size()) + "\r\n\r\n" + std::string(json));
        std::string answer;
        char bytes[512];
        for (ssize_t length = 1; length > 0;) {
            length = read(connection, bytes, sizeof bytes);
            answer.append(bytes, length > 0 ? static_cast<std::size_t>(length) : 0);
        }
        std::sscanf(answer.c_str(), "HTTP/1.1 %d", &status);
    }
    close(connection);
    return status;
}

} // namespace net
