//! Clients and calls, for the tests that need the network.
#![allow(dead_code)] // Each test program uses a part of it.

use std::ffi::c_char;
use std::sync::Mutex;

use millicast_tokens::ffi::client::*;
use millicast_tokens::ffi::client_config::*;
use millicast_tokens::ffi::error::mct_error;
use millicast_tokens::ffi::list_options::mct_list_options;
use millicast_tokens::ffi::publish_token::mct_publish_token;
use millicast_tokens::ffi::publish_token_calls::*;
use millicast_tokens::ffi::publish_token_spec::*;
use millicast_tokens::ffi::publish_token_update::*;
use millicast_tokens::ffi::subscribe_token::mct_subscribe_token;
use millicast_tokens::ffi::subscribe_token_calls::*;
use millicast_tokens::ffi::subscribe_token_spec::*;

use crate::support::{Outcome, c, lent, made, status};

pub const SECRET: &str = "5ecre7-0f-th3-account";

pub struct Client(*mut mct_client);

// The interface promises it, and this is how the tests hold it to that.
unsafe impl Send for Client {}
unsafe impl Sync for Client {}

impl Drop for Client {
    fn drop(&mut self) {
        // SAFETY: made by mct_client_new, freed once.
        mct_client_free((!self.0.is_null()).then(|| unsafe { Box::from_raw(self.0) }));
    }
}

pub fn config(secret: &str, url: &str) -> Box<mct_client_config> {
    let mut config = made(|out, error| unsafe { mct_client_config_new(c(secret).as_ptr(), out, error) }).expect("a configuration");
    status(|error| unsafe { mct_client_config_set_base_url(Some(&mut config), c(url).as_ptr(), error) }).expect("a URL");
    config
}

impl Client {
    pub fn new(url: &str) -> Client {
        Client::of(&config(SECRET, url))
    }

    pub fn of(config: &mct_client_config) -> Client {
        Client(Box::into_raw(made(|out, error| mct_client_new(Some(config), out, error)).expect("a client")))
    }

    /// One that waits for nothing and tries nothing twice.
    pub fn hasty(url: &str, timeout_ms: u32) -> Client {
        let mut config = config(SECRET, url);
        status(|error| mct_client_config_set_max_retries(Some(&mut config), 0, error)).expect("a setting");
        status(|error| mct_client_config_set_timeout_ms(Some(&mut config), timeout_ms, error)).expect("a setting");
        Client::of(&config)
    }

    pub fn raw(&self) -> *mut mct_client {
        self.0
    }

    pub fn create_publish(&self, spec: &mct_publish_token_spec) -> Outcome<Box<mct_publish_token>> {
        made(|out, error| unsafe { mct_publish_token_create(self.0, Some(spec), out, error) })
    }

    pub fn create_subscribe(&self, spec: &mct_subscribe_token_spec) -> Outcome<Box<mct_subscribe_token>> {
        made(|out, error| unsafe { mct_subscribe_token_create(self.0, Some(spec), out, error) })
    }

    pub fn read_publish(&self, id: u64) -> Outcome<Box<mct_publish_token>> {
        made(|out, error| unsafe { mct_publish_token_read(self.0, id, out, error) })
    }

    pub fn delete_publish(&self, id: u64) -> Outcome<()> {
        status(|error| unsafe { mct_publish_token_delete(self.0, id, error) })
    }

    pub fn update_publish(&self, id: u64, update: &mct_publish_token_update) -> Outcome<Box<mct_publish_token>> {
        made(|out, error| unsafe { mct_publish_token_update_apply(self.0, id, Some(update), out, error) })
    }

    pub fn publish_page(&self, options: Option<&mct_list_options>) -> Outcome<Box<mct_publish_token_list>> {
        made(|out, error| unsafe { mct_publish_token_list_page(self.0, options, out, error) })
    }
}

pub fn publish_spec(label: &str) -> Box<mct_publish_token_spec> {
    let mut spec = made(|out, error| unsafe { mct_publish_token_spec_new(c(label).as_ptr(), out, error) }).expect("a spec");
    status(|error| unsafe { mct_publish_token_spec_add_stream(Some(&mut spec), c("cam").as_ptr(), false, error) }).expect("a stream");
    spec
}

/// An update that may be carried out twice.
pub fn publish_label_update(label: &str) -> Box<mct_publish_token_update> {
    let mut update = made(|out, error| mct_publish_token_update_new(out, error)).expect("an update");
    status(|error| unsafe { mct_publish_token_update_set_label(Some(&mut update), c(label).as_ptr(), error) }).expect("a label");
    update
}

pub fn subscribe_spec(label: &str) -> Box<mct_subscribe_token_spec> {
    let mut spec = made(|out, error| unsafe { mct_subscribe_token_spec_new(c(label).as_ptr(), out, error) }).expect("a spec");
    status(|error| unsafe { mct_subscribe_token_spec_add_stream(Some(&mut spec), c("cam").as_ptr(), false, error) }).expect("a stream");
    spec
}

pub type TextSetter<S> = unsafe extern "C" fn(Option<&mut S>, *const c_char, Option<&mut *mut mct_error>) -> i32;

pub fn set_text<S>(setter: TextSetter<S>, spec: &mut S, text: &str) -> Outcome<()> {
    status(|error| unsafe { setter(Some(spec), c(text).as_ptr(), error) })
}

/// A host's log: every line at the most detailed level.
#[derive(Default)]
pub struct Log(Mutex<Vec<String>>);

impl Log {
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().expect("a log").clone()
    }

    pub fn listen(self: &std::sync::Arc<Log>, config: &mut mct_client_config) {
        unsafe extern "C" fn write(user: *mut std::ffi::c_void, _: mct_log_level, message: *const c_char) {
            // SAFETY: `user` is the Arc below, alive until `free`.
            let log = unsafe { &*user.cast::<Log>() };
            log.0.lock().expect("a log").push(lent(message).expect("a line"));
        }
        unsafe extern "C" fn free(user: *mut std::ffi::c_void) {
            // SAFETY: the Arc that went in, once.
            drop(unsafe { std::sync::Arc::from_raw(user.cast::<Log>()) });
        }
        let user = std::sync::Arc::into_raw(std::sync::Arc::clone(self)).cast_mut().cast();
        status(|error| unsafe { mct_client_config_set_log(Some(config), MCT_LOG_TRACE, Some(write), user, Some(free), error) })
            .expect("a log");
    }
}
