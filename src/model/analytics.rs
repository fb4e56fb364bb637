//! Bandwidth by tracking id: the query, and the answer as one flat table.

use std::collections::{HashMap, HashSet};

use ::time::Date;
use ::time::macros::format_description;
use serde::Deserialize;
use serde::de::Error as _;

use super::json::{self, Members, Object};
use super::limits;
use super::time::Moment;
use crate::error::{Error, Result};
use crate::text::Text;

/// The API takes at most as many ids in one call.
pub(crate) const MOST_IDS_A_CALL: usize = 10;

/// The four operations. What is asked by stays outside in the answer, what is asked for inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    TrackingTotal,
    TrackingSeries,
    StreamsTotal,
    StreamsSeries,
}

impl Operation {
    pub(crate) fn path(self) -> &'static str {
        match self {
            Operation::TrackingTotal => "/api/analytics/tracking/total",
            Operation::TrackingSeries => "/api/analytics/tracking/series",
            Operation::StreamsTotal => "/api/analytics/tracking/streams/total",
            Operation::StreamsSeries => "/api/analytics/tracking/streams/series",
        }
    }

    fn is_by_stream(self) -> bool {
        matches!(self, Operation::StreamsTotal | Operation::StreamsSeries)
    }

    fn is_series(self) -> bool {
        matches!(self, Operation::TrackingSeries | Operation::StreamsSeries)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct BandwidthQuery {
    start_date: String,
    stop_date: String,
    tracking_ids: Names,
    stream_names: Names,
    resolution: Option<&'static str>,
}

const TRACKING_IDS: &str = "trackingIds";
const STREAM_NAMES: &str = "streamNames";

/// Texts in the order in which they were added, each once.
#[derive(Debug, Clone, Default)]
struct Names {
    order: Vec<String>,
    known: HashSet<String>,
}

impl Names {
    fn add(&mut self, field: &str, value: &str) -> Result<()> {
        limits::length(field, value, 1, limits::NAME_UNITS)?;
        if self.known.insert(value.to_owned()) {
            self.order.push(value.to_owned());
        }
        Ok(())
    }
}

impl BandwidthQuery {
    pub(crate) fn new(start_date: &str, stop_date: &str) -> Result<BandwidthQuery> {
        let start = date("startDate", start_date)?;
        let stop = date("stopDate", stop_date)?;
        if start >= stop {
            let given = format!("given are {start_date} and {stop_date}");
            return Err(Error::invalid("stopDate", format_args!("is exclusive and must be after startDate; {given}")));
        }
        let (start_date, stop_date) = (start_date.to_owned(), stop_date.to_owned());
        Ok(BandwidthQuery { start_date, stop_date, tracking_ids: Names::default(), stream_names: Names::default(), resolution: None })
    }

    pub(crate) fn add_tracking_id(&mut self, id: &str) -> Result<()> {
        self.tracking_ids.add(TRACKING_IDS, id)
    }

    pub(crate) fn add_stream_name(&mut self, name: &str) -> Result<()> {
        self.stream_names.add(STREAM_NAMES, name)
    }

    pub(crate) fn set_resolution(&mut self, resolution: &'static str) {
        self.resolution = Some(resolution);
    }

    /// The queries that ask for everything, each within the API's limit.
    pub(crate) fn queries(&self, operation: Operation) -> Result<Vec<Vec<(&'static str, String)>>> {
        let tracking = (TRACKING_IDS, &self.tracking_ids.order);
        let streams = (STREAM_NAMES, &self.stream_names.order);
        let (asked_by, other) = if operation.is_by_stream() { (streams, tracking) } else { (tracking, streams) };
        if asked_by.1.is_empty() {
            return Err(Error::invalid(asked_by.0, "must have at least 1 entry, given are 0"));
        }
        if !other.1.is_empty() {
            return Err(Error::invalid(other.0, format_args!("are not asked for by this operation, which asks by {}", asked_by.0)));
        }
        match self.resolution {
            None if operation.is_series() => return Err(Error::invalid("resolution", "is needed for a series")),
            Some(_) if !operation.is_series() => return Err(Error::invalid("resolution", "is for a series; a total has none")),
            _ => {}
        }
        Ok(asked_by.1.chunks(MOST_IDS_A_CALL).map(|values| self.query(asked_by.0, values)).collect())
    }

    fn query(&self, name: &'static str, values: &[String]) -> Vec<(&'static str, String)> {
        let mut query: Vec<_> = values.iter().map(|value| (name, value.clone())).collect();
        query.push(("startDate", self.start_date.clone()));
        query.push(("stopDate", self.stop_date.clone()));
        query.extend(self.resolution.map(|resolution| ("resolution", resolution.to_owned())));
        query
    }
}

fn date(field: &str, given: &str) -> Result<Date> {
    let wrong = || Error::invalid(field, format_args!("must be a date as YYYY-MM-DD, given is {}", limits::shown(given)));
    // The reader of dates would take a sign, and the year 0.
    if !given.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(wrong());
    }
    let date = Date::parse(given, format_description!("[year]-[month]-[day]")).map_err(|_| wrong())?;
    if date.year() > 0 { Ok(date) } else { Err(wrong()) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

#[derive(Clone, Copy, Default, Deserialize)]
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
    tracking_id: Option<Text>,
    bytes_in: Option<i64>,
    bytes_out: Option<i64>,
    standard_stream: Option<Object<Usage>>,
    restream: Option<Object<Usage>>,
    geo_cascade: Option<Object<Usage>>,
}

#[derive(Debug, Clone)]
pub(crate) struct BandwidthReport {
    pub rows: Vec<Row>,
    pub json: Text,
}

type Read<T> = std::result::Result<T, serde_json::Error>;

impl BandwidthReport {
    /// Joins the answers (each the API's `data`) of the calls that one query took.
    pub(crate) fn read<'a>(operation: Operation, answers: impl Iterator<Item = &'a str>) -> Read<BandwidthReport> {
        let mut table = Table { operation, rows: Vec::new(), places: HashMap::new() };
        let mut keys = HashSet::new();
        let mut entries = Vec::new();
        for answer in answers {
            json::refuse_duplicate_names(answer)?;
            let members: Option<Members<'_>> = serde_json::from_str(answer)?;
            let Members(members) = members.unwrap_or_default();
            for (key, inside) in members {
                // A call that answers what another was asked for says the same again.
                if keys.insert(key.clone()) {
                    table.read(&key, inside.get())?;
                    entries.push(format!("{}:{}", serde_json::to_string(&key)?, inside.get()));
                }
            }
        }
        Ok(BandwidthReport { rows: table.rows, json: Text::new(&format!("{{{}}}", entries.join(","))) })
    }
}

/// What a row is about. No two rows are about the same.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Subject {
    tracking_id: Option<String>,
    stream_name: Option<String>,
    time: Option<i64>,
    traffic: Traffic,
}

struct Table {
    operation: Operation,
    rows: Vec<Row>,
    places: HashMap<Subject, usize>,
}

impl Table {
    fn read(&mut self, key: &str, inside: &str) -> Read<()> {
        if !self.operation.is_series() {
            return self.read_rows(key, None, inside);
        }
        let buckets: Option<Members<'_>> = serde_json::from_str(inside)?;
        let Members(buckets) = buckets.unwrap_or_default();
        for (time, bucket) in buckets {
            // Without it a row of a series would look like one of a total.
            let time = Moment::read(&time).unix_seconds().ok_or_else(|| serde_json::Error::custom("a time can't be read"))?;
            self.read_rows(key, Some(time), bucket.get())?;
        }
        Ok(())
    }

    fn read_rows(&mut self, key: &str, time: Option<i64>, rows: &str) -> Read<()> {
        let rows: Option<Vec<Object<WireRow>>> = serde_json::from_str(rows)?;
        rows.unwrap_or_default().into_iter().try_for_each(|Object(row)| self.add(key, time, row))
    }

    /// One row for all the traffic of a tracking id and a stream, and one for each part that was sent.
    fn add(&mut self, key: &str, time: Option<i64>, wire: WireRow) -> Read<()> {
        let usages = wire.usages()?;
        // An empty name is how the API says that there is none.
        let named = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let sent = |text: Option<Text>| text.and_then(|text| named(text.as_str()));
        let (tracking_id, stream_name) = match self.operation.is_by_stream() {
            true => (sent(wire.tracking_id), named(key)),
            false => (named(key), sent(wire.stream_name)),
        };
        for (traffic, usage) in usages {
            self.count(Subject { tracking_id: tracking_id.clone(), stream_name: stream_name.clone(), time, traffic }, usage)?;
        }
        Ok(())
    }

    fn count(&mut self, subject: Subject, usage: Usage) -> Read<()> {
        let place = *self.places.entry(subject.clone()).or_insert_with(|| {
            let text = |text: Option<String>| text.map(|text| Text::new(&text));
            self.rows.push(Row {
                tracking_id: text(subject.tracking_id),
                stream_name: text(subject.stream_name),
                time: subject.time,
                traffic: subject.traffic,
                bytes_in: 0,
                bytes_out: 0,
                duration: None,
            });
            self.rows.len() - 1
        });
        let row = &mut self.rows[place];
        row.bytes_in = sum(Some(row.bytes_in), usage.bytes_in)?.unwrap_or_default();
        row.bytes_out = sum(Some(row.bytes_out), usage.bytes_out)?.unwrap_or_default();
        row.duration = sum(row.duration, usage.duration)?;
        Ok(())
    }
}

/// A sum that does not fit is a wrong answer, and not the largest number.
fn sum(first: Option<i64>, second: Option<i64>) -> Read<Option<i64>> {
    match (first, second) {
        (Some(first), Some(second)) => first.checked_add(second).map(Some).ok_or_else(|| serde_json::Error::custom("a sum is too large")),
        (one, other) => Ok(one.or(other)),
    }
}

impl WireRow {
    fn usages(&self) -> Read<Vec<(Traffic, Usage)>> {
        let parts = [
            (Traffic::StandardStream, &self.standard_stream),
            (Traffic::Restream, &self.restream),
            (Traffic::GeoCascade, &self.geo_cascade),
        ];
        let parts: Vec<(Traffic, Usage)> =
            parts.into_iter().filter_map(|(traffic, usage)| usage.as_ref().map(|Object(usage)| (traffic, *usage))).collect();
        let sum_of = |of: fn(&Usage) -> Option<i64>| parts.iter().try_fold(None, |total, (_, usage)| sum(total, of(usage)));
        let all = Usage {
            bytes_in: self.bytes_in.map_or_else(|| sum_of(|usage| usage.bytes_in), |sent| Ok(Some(sent)))?,
            bytes_out: self.bytes_out.map_or_else(|| sum_of(|usage| usage.bytes_out), |sent| Ok(Some(sent)))?,
            duration: None,
        };
        Ok(std::iter::once((Traffic::All, all)).chain(parts).collect())
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
        let report = BandwidthReport::read(Operation::TrackingTotal, std::iter::once(answer)).expect("a report");
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
        let calls = query.queries(Operation::TrackingTotal).expect("calls");
        assert_eq!(calls.iter().map(Vec::len).collect::<Vec<_>>(), [12, 3]);
    }

    #[test]
    fn a_series_has_a_time_in_each_row_and_its_empty_buckets_have_none() {
        let answer = r#"{"cam":{"2023-01-26T00:00:00Z":[{"trackingId":"","bytesIn":1,"bytesOut":2},{"bytesIn":3},{"trackingId":"a"}],"2023-01-27T00:00:00Z":[],"2023-01-28T00:00:00Z":null},
            "idle":{},"never":null}"#;
        let report = BandwidthReport::read(Operation::StreamsSeries, std::iter::once(answer)).expect("a report");
        let found: Vec<_> = report.rows.iter().map(|row| (row.tracking_id.as_ref().map(Text::as_str), row.time, row.bytes_in)).collect();
        assert_eq!(found, [(None, Some(1_674_691_200), 4), (Some("a"), Some(1_674_691_200), 0)]);
        assert!(report.rows.iter().all(|row| row.stream_name.as_ref().map(Text::as_str) == Some("cam")));
    }

    #[test]
    fn what_is_said_twice_of_the_same_is_one_row() {
        let twice = r#"{"a":[{"streamName":"s","bytesIn":1,"bytesOut":2},{"streamName":"s","bytesIn":4,"bytesOut":8},{"bytesIn":1},{"streamName":""}]}"#;
        let report =
            BandwidthReport::read(Operation::TrackingTotal, [twice, r#"{"a":[{"streamName":"s","bytesIn":1}],"b":[]}"#].into_iter());
        let report = report.expect("a report");
        let found: Vec<_> =
            report.rows.iter().map(|row| (row.stream_name.as_ref().map(Text::as_str), row.bytes_in, row.bytes_out)).collect();
        assert_eq!(found, [(Some("s"), 5, 10), (None, 1, 0)]);
        let (inside, _brace) = twice.split_at(twice.len() - 1);
        assert_eq!(report.json.as_str(), format!(r#"{inside},"b":[]}}"#));
    }

    #[test]
    fn what_can_not_be_counted_is_no_report() {
        let is_read = |operation, answer: &str| BandwidthReport::read(operation, std::iter::once(answer)).is_ok();
        let most = i64::MAX;
        for answer in [
            format!(r#"{{"a":[{{"restream":{{"bytesIn":{most}}},"geoCascade":{{"bytesIn":1}}}}]}}"#),
            format!(r#"{{"a":[{{"bytesIn":{most}}},{{"bytesIn":1}}]}}"#),
            r#"{"a":[["s","t",1,2,null,null,null]]}"#.to_owned(),
            r#"{"a":[{"restream":[1,2,3]}]}"#.to_owned(),
            r#"{"a":[],"a":[]}"#.to_owned(),
            r#"{"a":[{"bytesIn":1,"bytesIn":2}]}"#.to_owned(),
        ] {
            assert!(!is_read(Operation::TrackingTotal, &answer), "{answer}");
        }
        assert!(!is_read(Operation::TrackingSeries, r#"{"a":{"yesterday":[]}}"#));
    }

    #[test]
    fn a_query_that_holds_what_its_operation_does_not_take_is_refused() {
        let query = |ids: usize, names: usize, resolution| {
            let mut query = BandwidthQuery::new("2023-02-02", "2023-07-27").expect("a query");
            (0..ids).for_each(|id| query.add_tracking_id(&id.to_string()).expect("an id"));
            (0..names).for_each(|name| query.add_stream_name(&name.to_string()).expect("a name"));
            if resolution {
                query.set_resolution("Day");
            }
            query
        };
        let field = |query: BandwidthQuery, operation| query.queries(operation).err().and_then(|error| error.details().field.clone());
        use Operation::{StreamsSeries, StreamsTotal, TrackingSeries, TrackingTotal};
        for (operation, is_series) in [(TrackingTotal, false), (TrackingSeries, true)] {
            assert_eq!(field(query(1, 0, is_series), operation), None);
            assert_eq!(field(query(0, 0, is_series), operation).as_deref(), Some("trackingIds"));
            assert_eq!(field(query(1, 1, is_series), operation).as_deref(), Some("streamNames"));
            assert_eq!(field(query(1, 0, !is_series), operation).as_deref(), Some("resolution"));
        }
        for (operation, is_series) in [(StreamsTotal, false), (StreamsSeries, true)] {
            assert_eq!(field(query(0, 1, is_series), operation), None);
            assert_eq!(field(query(0, 0, is_series), operation).as_deref(), Some("streamNames"));
            assert_eq!(field(query(1, 1, is_series), operation).as_deref(), Some("trackingIds"));
            assert_eq!(field(query(0, 1, !is_series), operation).as_deref(), Some("resolution"));
        }
    }

    #[test]
    fn dates_are_real_and_in_order() {
        for (start, stop) in [
            ("2023-02-30", "2023-03-01"),
            ("2023-2-1", "2023-03-01"),
            ("2023-03-01", "2023-03-01"),
            ("2023-03-02", "2023-03-01"),
            ("", ""),
            ("-2023-01-01", "2023-03-01"),
            ("+2023-01-01", "2023-03-01"),
            ("0000-01-01", "2023-03-01"),
            ("2023-01-01T00:00:00Z", "2023-03-01"),
        ] {
            assert!(BandwidthQuery::new(start, stop).is_err(), "{start} {stop}");
        }
        assert!(BandwidthQuery::new("2024-02-29", "2024-03-01").is_ok());
    }
}
