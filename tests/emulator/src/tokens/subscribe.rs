//! What only subscribe tokens have.

use std::io;

use serde_json::{Map, Value, json};

use super::{Kind, Shelf};
use crate::state::Platform;
use crate::validate::Fields;

/// A subscribe token's own part, which no update changes.
#[derive(Clone)]
pub struct Subscribe {
    /// Whom its viewers' traffic is counted for. Empty is the same as unset.
    pub tracking_id: Option<String>,
}

impl Kind for Subscribe {
    const NAME: &'static str = "subscribe";

    fn read(fields: &Fields) -> io::Result<Self> {
        let tracking = fields.object("tracking");
        let tracking_id = tracking.and_then(|tracking| tracking.text("trackingId", 0..=128));
        Ok(Self { tracking_id: tracking_id.filter(|id| !id.is_empty()) })
    }

    fn answer(&self, answer: &mut Map<String, Value>) {
        let tracking = self.tracking_id.as_ref().map(|id| json!({ "trackingId": id }));
        answer.insert("tracking".to_owned(), json!(tracking));
    }

    fn shelf(platform: &Platform) -> &Shelf<Self> {
        &platform.subscribe
    }

    fn shelf_mut(platform: &mut Platform) -> &mut Shelf<Self> {
        &mut platform.subscribe
    }
}
