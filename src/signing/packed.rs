//! Many tokens at once, back to back in memory that the caller lends.

use super::claims::Claims;
use super::hmac::Key;
use super::payload::{Differs, Encoded, Writer, push_streaming};
use super::signer::{Signer, clock};
use crate::error::{Error, MCT_ERR_BUFFER_TOO_SMALL, MCT_ERR_INVALID_UTF8, Result};
use crate::model::limits::{self, CUSTOM_VIEWER_DATA_UNITS};

const VIEWER_DATA: &str = "customViewerData";
const ADDRESSES: &str = "allowedIpAddresses";

/// A column of texts in Arrow's large layout: text i is `bytes[offsets[i]..offsets[i + 1]]`, counted from `base`.
#[derive(Clone, Copy)]
pub(crate) struct Texts<'a> {
    name: &'static str,
    bytes: &'a [u8],
    base: i64,
    offsets: &'a [i64],
}

impl<'a> Texts<'a> {
    /// `offsets` (one more than there are texts) neither fall nor begin below 0. Answers which bytes they span.
    pub(crate) fn span(name: &'static str, offsets: &[i64]) -> Result<(i64, i64)> {
        let first = offsets.first().copied().unwrap_or(0);
        let last = offsets.last().copied().unwrap_or(0);
        if first < 0 {
            return Err(Error::invalid(name, format_args!("offsets must not be negative, the first is {first}")));
        }
        match offsets.windows(2).position(|pair| pair[1] < pair[0]) {
            Some(index) => {
                let (here, next) = (offsets[index], offsets[index + 1]);
                Err(Error::invalid(name, format_args!("offsets must not fall, {next} follows {here}")).at(index))
            }
            None => Ok((first, last)),
        }
    }

    /// `bytes` are those of the span.
    pub(crate) fn new(name: &'static str, bytes: &'a [u8], offsets: &'a [i64]) -> Texts<'a> {
        Texts { name, bytes, base: offsets.first().copied().unwrap_or(0), offsets }
    }

    fn get(&self, index: usize) -> Result<&'a str> {
        let place = |offset: i64| offset.checked_sub(self.base).and_then(|offset| usize::try_from(offset).ok());
        let bytes = place(self.offsets[index]).zip(place(self.offsets[index + 1])).and_then(|(start, end)| self.bytes.get(start..end));
        let bytes = bytes.ok_or_else(|| Error::invalid(self.name, "its offsets changed during the call"))?;
        std::str::from_utf8(bytes)
            .map_err(|_| Error::new(MCT_ERR_INVALID_UTF8, format!("{}: is not UTF-8", self.name)).with_field(self.name))
    }
}

/// What differs from viewer to viewer. What is None is as the claims say.
#[derive(Clone, Copy, Default)]
pub(crate) struct Viewers<'a> {
    pub count: usize,
    pub viewer_data: Option<Texts<'a>>,
    pub addresses: Option<Texts<'a>>,
    pub lifetimes: Option<&'a [u32]>,
}

impl Viewers<'_> {
    fn are_alike(&self) -> bool {
        self.viewer_data.is_none() && self.addresses.is_none() && self.lifetimes.is_none()
    }
}

/// What the lifetimes of viewers count from, and whether they are cut to the parent's.
struct Times {
    /// `iat`, and the clock.
    begin: (i64, i64),
    cut: bool,
}

/// Everything that the tokens of one call share.
pub(crate) struct Packed<'a> {
    signer: &'a Signer,
    viewers: Viewers<'a>,
    /// The header, and as much of the payload as is encoded.
    start: Vec<u8>,
    /// The key after `start`.
    key: Key,
    rest: Vec<u8>,
    times: Times,
}

/// Viewers that one thread signs for, and how many bytes their tokens take.
struct Part {
    first: usize,
    count: usize,
    length: usize,
}

impl<'a> Packed<'a> {
    pub(crate) fn new(signer: &'a Signer, claims: &Claims, viewers: Viewers<'a>) -> Result<Packed<'a>> {
        let now = clock()?;
        signer.check_parent(claims, now)?;
        let times = Times { begin: (claims.issued_at(now), now), cut: claims.cut_to_parent };
        let Encoded { text, rest } = Encoded::new(&shared_json(signer, claims, &viewers, &times)?);
        let start = [signer.header.as_bytes(), text.as_bytes()].concat();
        let key = signer.key.after(&start);
        Ok(Packed { signer, viewers, start, key, rest, times })
    }

    /// How many bytes the tokens take. Checks every viewer.
    pub(crate) fn needed(&self, threads: usize) -> Result<usize> {
        self.sum(&self.measure(threads)?)
    }

    fn sum(&self, parts: &[Part]) -> Result<usize> {
        parts.iter().try_fold(0_usize, |sum, part| sum.checked_add(part.length)).ok_or_else(|| self.too_many())
    }

    fn too_many(&self) -> Error {
        Error::invalid("n", format_args!("tokens for {} viewers are more than memory can hold", self.viewers.count))
    }

    /// Writes the tokens, and where each begins and the last ends. Nothing is written before all is checked.
    /// `needed` is told as soon as it is known.
    pub(crate) fn sign(&self, threads: usize, out: &mut [u8], offsets: &mut [i64], needed: &mut usize) -> Result<()> {
        let parts = self.measure(threads)?;
        *needed = self.sum(&parts)?;
        if out.len() < *needed {
            let message = format!("out: {needed} bytes are needed, given are {}", out.len());
            return Err(Error::new(MCT_ERR_BUFFER_TOO_SMALL, message));
        }
        offsets[0] = 0;
        let (mut out, mut offsets, mut start) = (out, &mut offsets[1..], 0);
        let mut jobs = Vec::with_capacity(parts.len());
        for part in &parts {
            let (bytes, later) = std::mem::take(&mut out).split_at_mut(part.length);
            let (ends, later_offsets) = std::mem::take(&mut offsets).split_at_mut(part.count);
            (out, offsets) = (later, later_offsets);
            jobs.push(move || self.write(part, start, bytes, ends));
            start += part.length;
        }
        in_parallel(threads_for(threads), jobs).into_iter().collect()
    }

    fn measure(&self, threads: usize) -> Result<Vec<Part>> {
        let threads = threads_for(threads);
        let count = self.viewers.count;
        // More parts than threads, so that one that is held up does not hold up the others.
        let parts = if threads == 1 { 1 } else { threads * PARTS_OF_A_THREAD };
        let each = count.div_ceil(parts).max(FEWEST_FOR_A_THREAD);
        let jobs = (0..count).step_by(each).map(|first| move || self.measure_part(first, each.min(count - first))).collect();
        in_parallel(threads, jobs).into_iter().collect()
    }

    fn measure_part(&self, first: usize, count: usize) -> Result<Part> {
        let mut open = Vec::new();
        let mut length = 0_usize;
        if self.viewers.are_alike() {
            self.push_open(first, &mut open)?;
            length = self.token_length(&open).checked_mul(count).ok_or_else(|| self.too_many())?;
            return Ok(Part { first, count, length });
        }
        for index in first..first + count {
            self.push_open(index, &mut open).map_err(|error| error.at(index))?;
            length += self.token_length(&open);
        }
        Ok(Part { first, count, length })
    }

    fn token_length(&self, open: &[u8]) -> usize {
        self.signer.length(self.start.len() - self.signer.header.len(), open.len())
    }

    fn write(&self, part: &Part, start: usize, out: &mut [u8], ends: &mut [i64]) -> Result<()> {
        let changed = |index| Error::invalid("viewers", "what was lent changed during the call").at(index);
        let mut open = Vec::new();
        let mut length = 0;
        for (place, end) in ends.iter_mut().enumerate() {
            let index = part.first + place;
            self.push_open(index, &mut open).map_err(|error| error.at(index))?;
            let token = self.token_length(&open);
            let room = out.get_mut(length..length + token).ok_or_else(|| changed(index))?;
            self.write_one(&open, room);
            length += token;
            *end = i64::try_from(start + length).map_err(|_| changed(index))?;
        }
        Ok(())
    }

    fn write_one(&self, open: &[u8], out: &mut [u8]) {
        let mut writer = Writer::new(out);
        writer.push(&self.start);
        writer.push_encoded(open);
        let signature = self.key.sign(&writer.written()[self.start.len()..]);
        writer.push(b".");
        writer.push_encoded(signature.as_bytes());
    }

    /// The part of a viewer's payload that is not encoded yet.
    fn push_open(&self, index: usize, open: &mut Vec<u8>) -> Result<()> {
        open.clear();
        open.extend_from_slice(&self.rest);
        if let Some(addresses) = self.viewers.addresses {
            let address = addresses.get(index)?;
            // An empty one would be a token that every address may use; it is no address, so this refuses it.
            limits::ip_address(ADDRESSES, address)?;
            open.extend_from_slice(br#","allowedIpAddresses":[""#);
            open.extend_from_slice(address.as_bytes());
            open.extend_from_slice(br#""]"#);
        }
        if let Some(viewer) = self.viewers.viewer_data.map(|texts| texts.get(index)).transpose()?.filter(|viewer| !viewer.is_empty()) {
            // No text has more units than bytes.
            if viewer.len() > CUSTOM_VIEWER_DATA_UNITS {
                limits::at_most(VIEWER_DATA, viewer, CUSTOM_VIEWER_DATA_UNITS)?;
            }
            open.extend_from_slice(br#","customViewerData":"#);
            push_json(viewer, open)?;
        }
        open.push(b'}');
        if let Some(lifetimes) = self.viewers.lifetimes {
            let expires_at = self.signer.end(self.times.begin, lifetimes[index], self.times.cut)?;
            open.extend_from_slice(br#","exp":"#);
            open.extend_from_slice(itoa::Buffer::new().format(expires_at).as_bytes());
        }
        open.push(b'}');
        Ok(())
    }
}

/// What is the same for all viewers, and so comes first: it is encoded and hashed once.
fn shared_json(signer: &Signer, claims: &Claims, viewers: &Viewers<'_>, times: &Times) -> Result<Vec<u8>> {
    let mut json = format!(r#"{{"iat":{},"#, times.begin.0).into_bytes();
    if viewers.lifetimes.is_none() {
        let expires_at = signer.end(times.begin, claims.lifetime_seconds, times.cut)?;
        json.extend_from_slice(format!(r#""exp":{expires_at},"#).as_bytes());
    }
    let differs = Differs { viewer_data: viewers.viewer_data.is_some(), addresses: viewers.addresses.is_some() };
    push_streaming(claims, differs, &mut json)?;
    json.extend_from_slice(format!(r#","tokenId":{}"#, signer.token_id).as_bytes());
    Ok(json)
}

fn push_json(text: &str, json: &mut Vec<u8>) -> Result<()> {
    let is_plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
    if text.as_bytes().iter().all(is_plain) {
        json.push(b'"');
        json.extend_from_slice(text.as_bytes());
        json.push(b'"');
        return Ok(());
    }
    serde_json::to_writer(json, text).map_err(|error| Error::invalid(VIEWER_DATA, error))
}

/// Starting a thread takes about as long as signing for so many.
const FEWEST_FOR_A_THREAD: usize = 256;

const PARTS_OF_A_THREAD: usize = 8;
const MOST_THREADS: usize = 256;

fn threads_for(asked: usize) -> usize {
    if asked == 0 { processors() } else { asked.min(MOST_THREADS) }
}

#[cfg(feature = "client")]
fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A library for signing only has no threads.
#[cfg(not(feature = "client"))]
fn processors() -> usize {
    1
}

/// Does each job, on so many threads. A library without threads does them in turn.
#[cfg(feature = "client")]
fn in_parallel<T: Send>(threads: usize, jobs: Vec<impl FnOnce() -> T + Send>) -> Vec<T> {
    crate::os::in_parallel("mct-sign", threads, jobs)
}

#[cfg(not(feature = "client"))]
fn in_parallel<T>(_: usize, jobs: Vec<impl FnOnce() -> T>) -> Vec<T> {
    jobs.into_iter().map(|job| job()).collect()
}
