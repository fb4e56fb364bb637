//! Bandwidth by tracking id: the query, and the answer as one flat table.

use std::collections::BTreeMap;

use ::time::Date;
use ::time::macros::format_description;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::limits;
use crate::error::{Error, Result};
use crate::text::Text;

/// The API takes at most as many ids in one call.
pub(crate) const MOST_IDS_A_CALL: usize = 10;

#[derive(Debug, Clone)]
pub(crate) struct BandwidthQuery {
    start_date: String,
    stop_date: String,
    tracking_ids: Vec<String>,
}

impl BandwidthQuery {
    pub(crate) fn new(start_date: &str, stop_date: &str) -> Result<BandwidthQuery> {
        let start = date("startDate", start_date)?;
        let stop = date("stopDate", stop_date)?;
        if start >= stop {
            return Err(Error::invalid(
                "stopDate",
                format_args!("is exclusive and must be after startDate; given are {start_date} and {stop_date}"),
            ));
        }
        Ok(BandwidthQuery { start_date: start_date.to_owned(), stop_date: stop_date.to_owned(), tracking_ids: Vec::new() })
    }

    pub(crate) fn add_tracking_id(&mut self, id: &str) -> Result<()> {
        limits::length("trackingIds", id, 1, limits::NAME_UNITS)?;
        if !self.tracking_ids.iter().any(|present| present == id) {
            self.tracking_ids.push(id.to_owned());
        }
        Ok(())
    }

    /// The queries that ask for all ids, each within the API's limit.
    pub(crate) fn by_tracking_id(&self) -> Result<Vec<Vec<(&'static str, String)>>> {
        if self.tracking_ids.is_empty() {
            return Err(Error::invalid("trackingIds", "must have at least 1 id, given are 0"));
        }
        Ok(self.tracking_ids.chunks(MOST_IDS_A_CALL).map(|ids| self.query("trackingIds", ids)).collect())
    }

    fn query(&self, name: &'static str, values: &[String]) -> Vec<(&'static str, String)> {
        let mut query: Vec<_> = values.iter().map(|value| (name, value.clone())).collect();
        query.push(("startDate", self.start_date.clone()));
        query.push(("stopDate", self.stop_date.clone()));
        query
    }
}

fn date(field: &str, given: &str) -> Result<Date> {
    let wrong = |_| Error::invalid(field, format_args!("must be a date as YYYY-MM-DD, given is {}", limits::shown(given)));
    Date::parse(given, format_description!("[year]-[month]-[day]")).map_err(wrong)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Traffic {
    All,
    StandardStream,
    Restream,
    GeoCascade,
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub tracking_id: Option<Text>,
    pub stream_name: Option<Text>,
    pub time: Option<i64>,
    pub traffic: Traffic,
    pub bytes_in: i64,
    pub bytes_out: i64,
    pub duration: Option<i64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    bytes_in: Option<i64>,
    bytes_out: Option<i64>,
    duration: Option<i64>,
}

/// A row of an answer: totals, the breakdown, or both.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRow {
    stream_name: Option<Text>,
    bytes_in: Option<i64>,
    bytes_out: Option<i64>,
    standard_stream: Option<Usage>,
    restream: Option<Usage>,
    geo_cascade: Option<Usage>,
}

#[derive(Debug, Clone)]
pub(crate) struct BandwidthReport {
    pub rows: Vec<Row>,
    pub json: Text,
}

impl BandwidthReport {
    /// Joins the answers (each the API's `data`) of the calls that one query took.
    pub(crate) fn of_tracking_totals<'a>(
        answers: impl Iterator<Item = &'a str>,
    ) -> std::result::Result<BandwidthReport, serde_json::Error> {
        let mut entries = Vec::new();
        let mut rows = Vec::new();
        for answer in answers {
            let by_id: BTreeMap<String, &RawValue> = serde_json::from_str(answer)?;
            for (id, wire_rows) in by_id {
                for row in serde_json::from_str::<Vec<WireRow>>(wire_rows.get())? {
                    push_group(&mut rows, &id, row);
                }
                entries.push(format!("{}:{}", serde_json::to_string(&id)?, wire_rows.get()));
            }
        }
        Ok(BandwidthReport { rows, json: Text::new(&format!("{{{}}}", entries.join(","))) })
    }
}

/// A group is a tracking id and a stream: one row for all its traffic, and one for each part that was sent.
fn push_group(rows: &mut Vec<Row>, tracking_id: &str, wire: WireRow) {
    let parts: Vec<(Traffic, Usage)> =
        [(Traffic::StandardStream, wire.standard_stream), (Traffic::Restream, wire.restream), (Traffic::GeoCascade, wire.geo_cascade)]
            .into_iter()
            .filter_map(|(traffic, usage)| usage.map(|usage| (traffic, usage)))
            .collect();
    let sum = |of: fn(&Usage) -> Option<i64>| parts.iter().filter_map(|(_, usage)| of(usage)).fold(0_i64, i64::saturating_add);
    let all = Usage {
        bytes_in: Some(wire.bytes_in.unwrap_or_else(|| sum(|usage| usage.bytes_in))),
        bytes_out: Some(wire.bytes_out.unwrap_or_else(|| sum(|usage| usage.bytes_out))),
        duration: None,
    };
    for (traffic, usage) in std::iter::once((Traffic::All, all)).chain(parts) {
        rows.push(Row {
            tracking_id: Some(Text::new(tracking_id)).filter(|id| !id.as_str().is_empty()),
            stream_name: wire.stream_name.clone(),
            time: None,
            traffic,
            bytes_in: usage.bytes_in.unwrap_or(0),
            bytes_out: usage.bytes_out.unwrap_or(0),
            duration: usage.duration,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_breakdown_and_both_are_read_and_each_group_has_one_total() {
        let answer = r#"{"a":[
            {"streamName":"totals","bytesIn":1,"bytesOut":2},
            {"streamName":"parts","standardStream":{"bytesIn":1,"bytesOut":10},"restream":{"bytesOut":5,"duration":60},"geoCascade":null},
            {"streamName":"both","bytesIn":7,"bytesOut":8,"standardStream":{"bytesIn":7,"bytesOut":8}}],"b":[]}"#;
        let report = BandwidthReport::of_tracking_totals(std::iter::once(answer)).expect("a report");
        let found: Vec<_> = report
            .rows
            .iter()
            .map(|row| (row.stream_name.as_ref().expect("a name").as_str(), row.traffic, row.bytes_in, row.bytes_out))
            .collect();
        assert_eq!(
            found,
            [
                ("totals", Traffic::All, 1, 2),
                ("parts", Traffic::All, 1, 15),
                ("parts", Traffic::StandardStream, 1, 10),
                ("parts", Traffic::Restream, 0, 5),
                ("both", Traffic::All, 7, 8),
                ("both", Traffic::StandardStream, 7, 8),
            ]
        );
        assert_eq!(report.rows[3].duration, Some(60));
    }

    #[test]
    fn more_ids_than_one_call_takes_are_asked_for_in_several() {
        let mut query = BandwidthQuery::new("2023-02-02", "2023-07-27").expect("a query");
        for id in 0..11 {
            query.add_tracking_id(&id.to_string()).expect("an id");
        }
        let calls = query.by_tracking_id().expect("calls");
        assert_eq!(calls.iter().map(Vec::len).collect::<Vec<_>>(), [12, 3]);
    }

    #[test]
    fn dates_are_real_and_in_order() {
        for (start, stop) in [
            ("2023-02-30", "2023-03-01"),
            ("2023-2-1", "2023-03-01"),
            ("2023-03-01", "2023-03-01"),
            ("2023-03-02", "2023-03-01"),
            ("", ""),
            ("2023-01-01T00:00:00Z", "2023-03-01"),
        ] {
            assert!(BandwidthQuery::new(start, stop).is_err(), "{start} {stop}");
        }
        assert!(BandwidthQuery::new("2024-02-29", "2024-03-01").is_ok());
    }
}
