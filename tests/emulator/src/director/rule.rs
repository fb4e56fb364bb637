//! Why a publisher or a viewer is turned away. The names are for tests to rely on: they never change.

use axum::http::StatusCode;

/// The rule that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The request itself is not one: no JSON object with a `streamName`.
    Request,
    /// It names another account.
    Account,
    /// It shows no token, and nothing says that the stream needs none.
    NoToken,
    /// It shows no token, and the stream needs one.
    SubscribeRequiresAuth,
    /// Nobody publishes the stream.
    NotPublished,
    /// The offer of WHIP or WHEP is none.
    Offer,
    /// What it shows is neither a token nor a well-formed self-signed one.
    Malformed,
    /// The self-signed token's algorithm is not HS256, HS384 or HS512.
    Algorithm,
    /// The signature was not made with the parent's token.
    Signature,
    /// No token of the kind that is wanted has this text.
    TokenUnknown,
    /// The token is disabled.
    TokenInactive,
    /// The token has expired.
    TokenExpired,
    /// No subscribe token has the id that the self-signed one names.
    ParentUnknown,
    /// The parent is disabled.
    ParentInactive,
    /// The parent has expired.
    ParentExpired,
    /// The claim `tokenType` is not `Subscribe`.
    TokenType,
    /// The self-signed token has no `exp`, or one that is no time.
    NoExpiry,
    /// The self-signed token's `exp` has come.
    Expired,
    /// The self-signed token's `nbf` has not come.
    NotYetValid,
    /// The token is not for this stream.
    Stream,
    /// The tracking id is not the parent's, or too long.
    TrackingId,
    /// The cluster is not one that the parent allows.
    OriginCluster,
    /// `customViewerData` is too long.
    CustomViewerData,
    /// The page that asks is on no allowed origin.
    Origin,
    /// The viewer's address is not allowed.
    Address,
    /// The viewer's country is not allowed.
    Country,
    /// The token is bound to other addresses.
    BoundAddress,
}

impl Rule {
    /// Every rule there is.
    pub const ALL: [Self; 27] = [
        Self::Request,
        Self::Account,
        Self::NoToken,
        Self::SubscribeRequiresAuth,
        Self::NotPublished,
        Self::Offer,
        Self::Malformed,
        Self::Algorithm,
        Self::Signature,
        Self::TokenUnknown,
        Self::TokenInactive,
        Self::TokenExpired,
        Self::ParentUnknown,
        Self::ParentInactive,
        Self::ParentExpired,
        Self::TokenType,
        Self::NoExpiry,
        Self::Expired,
        Self::NotYetValid,
        Self::Stream,
        Self::TrackingId,
        Self::OriginCluster,
        Self::CustomViewerData,
        Self::Origin,
        Self::Address,
        Self::Country,
        Self::BoundAddress,
    ];

    /// The name in the refusal's `rule`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Account => "account",
            Self::NoToken => "no-token",
            Self::SubscribeRequiresAuth => "subscribe-requires-auth",
            Self::NotPublished => "not-published",
            Self::Offer => "offer",
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::Signature => "signature",
            Self::TokenUnknown => "token-unknown",
            Self::TokenInactive => "token-inactive",
            Self::TokenExpired => "token-expired",
            Self::ParentUnknown => "parent-unknown",
            Self::ParentInactive => "parent-inactive",
            Self::ParentExpired => "parent-expired",
            Self::TokenType => "token-type",
            Self::NoExpiry => "no-expiry",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::Stream => "stream",
            Self::TrackingId => "tracking-id",
            Self::OriginCluster => "origin-cluster",
            Self::CustomViewerData => "custom-viewer-data",
            Self::Origin => "origin",
            Self::Address => "address",
            Self::Country => "country",
            Self::BoundAddress => "bound-address",
        }
    }

    /// The words that the platform's own director was seen to use; which of them goes with which
    /// rule is a guess. A country is told from an address, so it shares the address's words.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Request => "A streamName is required",
            Self::Offer => "An SDP offer is required",
            Self::NotPublished => "stream not being published",
            Self::Account => "stream not found",
            Self::Stream => "StreamName is not valid for token",
            Self::Origin => "Unauthorized: Origin not allowed",
            Self::Address | Self::BoundAddress | Self::Country => "Unauthorized: Ip Address not allowed",
            _ => "Unauthorized: Invalid token",
        }
    }

    /// 401 goes with the messages that say `Unauthorized`, 400 with the others.
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::Request | Self::Stream | Self::Offer | Self::NotPublished | Self::Account => StatusCode::BAD_REQUEST,
            _ => StatusCode::UNAUTHORIZED,
        }
    }
}
