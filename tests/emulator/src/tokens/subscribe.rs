//! What only subscribe tokens have.

use std::io;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Kind, Shelf, Token, Version};
use crate::state::{Change, Platform};
use crate::validate::Fields;

/// A subscribe token's own part, which no update changes.
#[derive(Clone, Serialize, Deserialize)]
pub struct Subscribe {
    /// Whom its viewers' traffic is counted for. Empty is the same as unset.
    pub tracking_id: Option<String>,
}

impl Kind for Subscribe {
    const NAME: &'static str = "subscribe";

    fn read(fields: &Fields, _version: Version) -> io::Result<Self> {
        let tracking = fields.object("tracking");
        let tracking_id = tracking.and_then(|tracking| tracking.text("trackingId", 0..=128));
        Ok(Self { tracking_id: tracking_id.filter(|id| !id.is_empty()) })
    }

    fn answer<M: SerializeMap>(&self, answer: &mut M) -> Result<(), M::Error> {
        let tracking = self.tracking_id.as_ref().map(|id| json!({ "trackingId": id }));
        answer.serialize_entry("tracking", &tracking)
    }

    fn shelf(platform: &Platform) -> &Shelf<Self> {
        &platform.subscribe
    }

    fn put(token: Token<Self>) -> Change {
        Change::Subscribe(token)
    }

    fn removed(id: u64) -> Change {
        Change::NoSubscribe(id)
    }
}
