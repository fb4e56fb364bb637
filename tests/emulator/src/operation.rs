//! The operations by name, as the journal and the faults call them.

use axum::http::Method;

/// An operation of the Token API, or of the director.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    name: &'static str,
    method: &'static str,
    /// `{}` stands for one part of the path that is not empty.
    path: &'static str,
}

const fn operation(name: &'static str, method: &'static str, path: &'static str) -> Operation {
    Operation { name, method, path }
}

/// Every operation there is. The first that a request fits is its own.
pub const ALL: [Operation; 28] = [
    operation("publish.list", "GET", "/api/publish_token/list"),
    operation("publish.list_by_name", "GET", "/api/publish_token/list_by_name"),
    operation("publish.list_by_cluster", "GET", "/api/publish_token/list_by_cluster"),
    operation("publish.active", "GET", "/api/publish_token/active"),
    operation("publish.active_all", "GET", "/api/publish_token/active/all"),
    operation("publish.disable", "PATCH", "/api/publish_token/disable"),
    operation("publish.create", "POST", "/api/publish_token"),
    operation("publish.read", "GET", "/api/publish_token/{}"),
    operation("publish.update", "PUT", "/api/v2/publish_token/{}"),
    operation("publish.update_v1", "PUT", "/api/publish_token/{}"),
    operation("publish.delete", "DELETE", "/api/publish_token/{}"),
    operation("publish.restream_sync", "POST", "/api/publish_token/{}/restream/sync"),
    operation("subscribe.list", "GET", "/api/subscribe_token/list"),
    operation("subscribe.list_by_name", "GET", "/api/subscribe_token/list_by_name"),
    operation("subscribe.create", "POST", "/api/subscribe_token"),
    operation("subscribe.read", "GET", "/api/subscribe_token/{}"),
    operation("subscribe.update", "PUT", "/api/v2/subscribe_token/{}"),
    operation("subscribe.update_v1", "PUT", "/api/subscribe_token/{}"),
    operation("subscribe.delete", "DELETE", "/api/subscribe_token/{}"),
    operation("clusters", "GET", "/api/cluster"),
    operation("analytics.total", "GET", "/api/analytics/tracking/total"),
    operation("analytics.series", "GET", "/api/analytics/tracking/series"),
    operation("analytics.streams_total", "GET", "/api/analytics/tracking/streams/total"),
    operation("analytics.streams_series", "GET", "/api/analytics/tracking/streams/series"),
    operation("director.publish", "POST", "/api/director/publish"),
    operation("director.subscribe", "POST", "/api/director/subscribe"),
    operation("whip", "POST", "/api/whip/{}"),
    operation("whep", "POST", "/api/whep/{}/{}"),
];

impl Operation {
    /// The operation that a request is for. Creates take a slash at the end of their path.
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        let path = path.strip_suffix('/').filter(|base| *method == Method::POST && base.ends_with("_token")).unwrap_or(path);
        // A HEAD is a GET whose body is left out.
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        ALL.into_iter().find(|operation| operation.method == method.as_str() && fits(operation.path, path))
    }

    pub fn name(self) -> &'static str {
        self.name
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given || (wanted == "{}" && !given.is_empty()) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(method: Method, path: &str) -> Option<&'static str> {
        Operation::of(&method, path).map(Operation::name)
    }

    #[test]
    fn a_request_is_for_the_operation_with_its_method_and_path() {
        assert_eq!(name(Method::GET, "/api/publish_token/list"), Some("publish.list"));
        assert_eq!(name(Method::GET, "/api/publish_token/7"), Some("publish.read"));
        assert_eq!(name(Method::POST, "/api/publish_token/"), Some("publish.create"));
        assert_eq!(name(Method::PUT, "/api/v2/subscribe_token/7"), Some("subscribe.update"));
        assert_eq!(name(Method::POST, "/api/whep/account/a%2Fb"), Some("whep"));
    }

    #[test]
    fn what_is_not_served_is_no_operation() {
        for path in ["/", "/api", "/api/publish_token/1/2", "/_emulator/clock", "/api/whip/", "/api/whip//", "/api/director/publish/"] {
            assert_eq!(name(Method::GET, path), None, "{path}");
            assert_eq!(name(Method::POST, path), None, "{path}");
        }
        assert_eq!(name(Method::POST, "/api/cluster"), None);
    }
}
