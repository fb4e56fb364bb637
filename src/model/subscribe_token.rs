//! What only the answer for a subscribe token has.

use serde::Deserialize;

use super::json::object_or_default;
use crate::text::Text;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tracking {
    pub tracking_id: Option<Text>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubscribeToken {
    #[serde(default, deserialize_with = "object_or_default")]
    pub tracking: Tracking,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::token::Received;

    type Token = Received<SubscribeToken>;

    #[test]
    fn a_name_that_appears_twice_is_refused() {
        assert!(Token::read(r#"{"id":1,"token":"a","token":"b"}"#).is_err());
        assert!(Token::read(r#"{"id":1,"id":2}"#).is_err());
        assert!(Token::read(r#"{"id":1,"tracking":{"trackingId":"a"},"tracking":{"trackingId":"b"}}"#).is_err());
    }

    #[test]
    fn null_and_absent_mean_the_same() {
        for json in [
            r#"{"id":1}"#,
            r#"{"id":1,"label":null,"token":null,"streams":null,"tracking":null,"effectiveSettings":null,"isActive":null,"expiresOn":null}"#,
            r#"{"id":1,"tracking":{"trackingId":null},"effectiveSettings":{"geoCascade":null,"allowedCountries":null}}"#,
        ] {
            let token = Token::read(json).expect(json);
            assert!(token.token.label.is_none() && token.token.streams.is_empty() && token.own.tracking.tracking_id.is_none());
        }
    }

    #[test]
    fn an_id_is_read_as_a_number_and_as_a_text() {
        let id = |json: &str| Token::read(json).map(|token| token.token.id).ok();
        assert_eq!(id(r#"{"id":4294967301}"#), Some(4_294_967_301));
        assert_eq!(id(r#"{"id":"4294967301"}"#), Some(4_294_967_301));
        for bad in
            [r#"{"id":-1}"#, r#"{"id":1.5}"#, r#"{"id":"1 "}"#, r#"{"id":"+1"}"#, r#"{"id":""}"#, r#"{"id":null}"#, "{}", "[]", "1", ""]
        {
            assert_eq!(id(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_debug_output_shows_no_token() {
        let token = Token::read(r#"{"id":1,"token":"5ecre7","streams":[{"streamName":"s"}]}"#).expect("a token");
        let shown = format!("{token:?}");
        assert!(shown.contains("id: 1") && !shown.contains("5ecre7"), "{shown}");
    }
}
