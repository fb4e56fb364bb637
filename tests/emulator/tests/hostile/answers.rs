//! Answers, and what every one of them has to be.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;

use serde_json::Value;

use super::requests::Request;

pub struct Answer {
    pub status: u16,
    pub is_json: bool,
    /// One of the page's files.
    pub is_page: bool,
    pub length: usize,
    /// `Null` where there is no JSON.
    pub body: Value,
}

pub struct Answers<'a>(BufReader<&'a TcpStream>);

impl<'a> Answers<'a> {
    pub fn new(stream: &'a TcpStream) -> Self {
        Self(BufReader::with_capacity(64 * 1024, stream))
    }

    /// The next one, unless the connection has ended.
    pub fn next(&mut self, is_head: bool) -> Option<Answer> {
        loop {
            let answer = self.read(is_head)?;
            // That it goes on is not yet the answer.
            if answer.status >= 200 {
                return Some(answer);
            }
        }
    }

    fn read(&mut self, is_head: bool) -> Option<Answer> {
        let (mut line, mut length, mut is_json, mut is_page) = (String::new(), 0, false, false);
        self.0.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let status =
            line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer begins so: {line:?}"));
        loop {
            line.clear();
            self.0.read_line(&mut line).ok().filter(|read| *read > 0)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse().unwrap();
            }
            is_page |= name.eq_ignore_ascii_case("content-type")
                && ["text/html", "text/css", "text/javascript"].iter().any(|kind| value.starts_with(kind));
            is_json |= name.eq_ignore_ascii_case("content-type") && value.starts_with("application/json");
        }
        if is_head {
            return Some(Answer { status, is_json: false, is_page, length, body: Value::Null });
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).ok()?;
        let body = if is_json {
            serde_json::from_slice(&body).unwrap_or_else(|error| panic!("an answer is no JSON: {error}"))
        } else {
            Value::Null
        };
        Some(Answer { status, is_json, is_page, length, body })
    }
}

pub fn check(request: &Request, answer: &Answer) {
    let status = answer.status;
    assert!(status < 500 || (status == 501 && request.is_offer), "{status} {} to {}", answer.body, request.in_words());
    if answer.is_json {
        let envelope = match &answer.body["status"] {
            Value::String(envelope) => envelope.as_str(),
            _ => "none",
        };
        let fits = if status == 200 { envelope == "success" } else { ["fail", "error"].contains(&envelope) };
        assert!(fits, "{status} with the envelope {envelope} to {}", request.in_words());
    } else if answer.is_page {
        assert!(status == 200 && request.is_for_the_page(), "a page to {}", request.in_words());
    } else if !request.may_end && !request.is_head && !request.is_offer {
        // What a browser asks beforehand is answered with nothing.
        assert!(status == 204 && answer.length == 0, "{status} without an envelope to {}", request.in_words());
    }
}
