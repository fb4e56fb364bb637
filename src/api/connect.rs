//! Log lines for the connections that a call needs.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use tower_layer::Layer;
use tower_service::Service;

use super::log::{Level, Lines};

tokio::task_local! {
    static LINES: Arc<Lines>;
}

/// `request`, whose connections write to these lines.
pub(crate) fn logged<F: Future>(lines: &Arc<Lines>, request: F) -> impl Future<Output = F::Output> {
    LINES.scope(Arc::clone(lines), request)
}

/// Around the connector of an HTTP client. What it makes is boxed by that client anyway.
#[derive(Clone)]
pub(crate) struct LoggedConnects {
    pub server: Arc<str>,
}

impl<S> Layer<S> for LoggedConnects {
    type Service = Connects<S>;

    fn layer(&self, connector: S) -> Connects<S> {
        Connects { connector, server: Arc::clone(&self.server) }
    }
}

#[derive(Clone)]
pub(crate) struct Connects<S> {
    connector: S,
    server: Arc<str>,
}

impl<S, Target> Service<Target> for Connects<S>
where
    S: Service<Target>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, target: Target) -> Self::Future {
        let connecting = self.connector.call(target);
        let Ok(lines) = LINES.try_with(Arc::clone) else { return Box::pin(connecting) };
        lines.add(Level::Debug, || format!("connect: {}", self.server));
        let (server, started) = (Arc::clone(&self.server), Instant::now());
        Box::pin(async move {
            let connected = connecting.await;
            // Why it failed is told with the request that it was for.
            if connected.is_ok() {
                lines.add(Level::Trace, || format!("connected: {server} in {} ms", started.elapsed().as_millis()));
            }
            connected
        })
    }
}
