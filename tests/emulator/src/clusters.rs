//! The clusters that there are.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};

use crate::auth::Authorized;
use crate::envelope::{Answer, success};
use crate::state::Shared;
use crate::tokens::ACCOUNT_CLUSTER;

pub fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/api/cluster", get(all))
}

async fn all(_: Authorized) -> Answer {
    // The account's own stands for whichever is nearest, and so is nowhere. Where it is and what it
    // can do is `null`, which a client has to read too.
    let available = [
        cluster(ACCOUNT_CLUSTER, "Automatic", json!(null), json!(null)),
        cluster("lim-1", "Lima", place("Lima", Some("Lima"), "Peru"), json!({ "transcoding": false })),
        cluster("nbo-1", "Nairobi", place("Nairobi", None, "Kenya"), json!({ "transcoding": true })),
        cluster("osl-1", "Oslo", place("Oslo", Some("Østlandet"), "Norway"), json!({ "transcoding": true })),
        cluster("wlg-1", "Wellington", place("Wellington", Some("Wellington"), "New Zealand"), json!({ "transcoding": false })),
    ];
    Ok(success(json!({ "defaultCluster": ACCOUNT_CLUSTER, "availableClusters": available })))
}

/// Its domains have the platform's form and never resolve: an encoder that goes on finds out.
fn cluster(id: &str, name: &str, location: Value, features: Value) -> Value {
    json!({
        "id": id,
        "name": name,
        "rtmp": format!("rtmp-{id}.millicast.invalid"),
        "srt": format!("srt-{id}.millicast.invalid"),
        "location": location,
        "features": features,
    })
}

fn place(city: &str, region: Option<&str>, country: &str) -> Value {
    json!({ "city": city, "region": region, "country": country })
}
