//! Name look-up on a passing thread: getaddrinfo blocks, and may do so for longer than any deadline.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::oneshot;

use crate::os;

/// Look-ups that hang are left behind by their calls. This many threads are the most that can pile up a client.
const MOST_AT_ONCE: usize = 64;

#[derive(Default)]
pub(crate) struct Resolver {
    under_way: Arc<AtomicUsize>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let started = start(name.as_str().to_owned(), Arc::clone(&self.under_way));
        Box::pin(async move {
            let addresses = started?.await.map_err(|_| io::Error::other("the name look-up ended without an answer"))??;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

type Addresses = io::Result<Vec<SocketAddr>>;

fn start(name: String, under_way: Arc<AtomicUsize>) -> io::Result<oneshot::Receiver<Addresses>> {
    let place = Place::take(under_way)?;
    let (answer, receiver) = oneshot::channel();
    os::spawn("mct-resolver", move || {
        let _place = place;
        let addresses = (name.as_str(), 0).to_socket_addrs().map(Iterator::collect);
        let _the_call_may_be_over = answer.send(addresses);
    })?;
    Ok(receiver)
}

struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(under_way: Arc<AtomicUsize>) -> io::Result<Place> {
        let place = Place(under_way);
        match place.0.fetch_add(1, Ordering::Relaxed) {
            before if before < MOST_AT_ONCE => Ok(place),
            _ => Err(io::Error::other(format!("{MOST_AT_ONCE} name look-ups are under way and do not end"))),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
