// Package millicast makes publish and subscribe tokens over the C interface of millicast-tokens: what the guide uses
// of it.
//
// Calls block their goroutine, and a thread with it; Go starts others for the rest. Whatever can fail returns an
// *Error. What is made here is freed by Close, or by the collector at the latest, which knows little of what lies
// behind it: Close ends connections and wipes secrets. What was closed is NULL to the library, which then answers with
// an error. Close may come on any goroutine and more than once; it waits for those that are in a call.
package millicast

/*
#cgo LDFLAGS: -lmillicast_tokens
#include <stdlib.h>
#include <millicast_tokens.h>
*/
import "C"

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// Error is why a call failed.
type Error struct {
	Status     string
	Message    string
	Field      string // "": none
	HTTPStatus int    // 0: no answer came
	Reason     int    // 0: no rule of a self-signed token
}

func (e *Error) Error() string {
	text := e.Status
	if e.HTTPStatus != 0 {
		text += fmt.Sprintf(", HTTP %d", e.HTTPStatus)
	}
	if e.Field != "" {
		text += ", field " + e.Field
	}
	if e.Reason != 0 {
		text += fmt.Sprintf(", reason %d", e.Reason)
	}
	return text + ": " + e.Message
}

// check makes a Go error of what a call left, and frees that.
func check(status C.mct_status, failure *C.mct_error) error {
	if status == C.MCT_OK {
		return nil
	}
	defer C.mct_error_free(failure)
	return &Error{
		Status:     C.GoString(C.mct_status_name(status)),
		Message:    C.GoString(C.mct_error_message(failure)),
		Field:      C.GoString(C.mct_error_field(failure)),
		HTTPStatus: int(C.mct_error_http_status(failure)),
		Reason:     int(C.mct_error_reason(failure)),
	}
}

func invalid(field, problem string) error {
	return &Error{Status: "MCT_ERR_INVALID_ARGUMENT", Message: field + ": " + problem, Field: field}
}

// lend makes a C text for the time of a call; the library copies it. C would end it at a NUL. What was given is not
// shown: it may be a secret.
func lend(field, text string) (*C.char, func(), error) {
	if strings.ContainsRune(text, 0) {
		return nil, nil, invalid(field, "must not hold U+0000")
	}
	lent := C.CString(text)
	return lent, func() { C.free(unsafe.Pointer(lent)) }, nil
}

// whole counts the units in a time; C would cut it to what 32 bits hold.
func whole(field string, given, unit time.Duration) (C.uint32_t, error) {
	if given < 0 || given/unit > math.MaxUint32 || given%unit != 0 {
		problem := "must be a whole number of times %v, from 0 to %d, given is %v"
		return 0, invalid(field, fmt.Sprintf(problem, unit, uint32(math.MaxUint32), given))
	}
	return C.uint32_t(given / unit), nil
}

// inUse keeps a handle from Close, and from the collector, until what it gives is called.
func inUse(users *sync.RWMutex) func() {
	users.RLock()
	return users.RUnlock
}

// Version is that of the library that runs.
func Version() string {
	return C.GoString(C.mct_version_string())
}

// Client makes calls to the Token API, on any number of goroutines at once.
type Client struct {
	users  sync.RWMutex
	handle *C.mct_client
}

// NewClient makes a client. An empty url is the platform's own; the timeout bounds each call whole.
func NewClient(secret, url string, timeout time.Duration) (*Client, error) {
	var config *C.mct_client_config
	var failure *C.mct_error
	cSecret, free, err := lend("api_secret", secret)
	if err != nil {
		return nil, err
	}
	defer free()
	if err := check(C.mct_client_config_new(cSecret, &config, &failure), failure); err != nil {
		return nil, err
	}
	defer C.mct_client_config_free(config)
	if url != "" {
		cURL, free, err := lend("base_url", url)
		if err != nil {
			return nil, err
		}
		defer free()
		if err := check(C.mct_client_config_set_base_url(config, cURL, &failure), failure); err != nil {
			return nil, err
		}
	}
	milliseconds, err := whole("timeout_ms", timeout, time.Millisecond)
	if err != nil {
		return nil, err
	}
	if err := check(C.mct_client_config_set_timeout_ms(config, milliseconds, &failure), failure); err != nil {
		return nil, err
	}
	client := new(Client)
	if err := check(C.mct_client_new(config, &client.handle, &failure), failure); err != nil {
		return nil, err
	}
	runtime.SetFinalizer(client, (*Client).Close)
	return client, nil
}

// Cancel ends every call under way, and those to come, with MCT_ERR_CANCELLED.
func (c *Client) Cancel() {
	defer inUse(&c.users)()
	C.mct_client_cancel(c.handle)
}

// Close frees the client; calls under way end with MCT_ERR_CANCELLED.
func (c *Client) Close() {
	c.Cancel()
	c.users.Lock()
	defer c.users.Unlock()
	C.mct_client_free(c.handle)
	c.handle = nil
}

// CreatePublishToken creates a publish token, and gives its id.
func (c *Client) CreatePublishToken(label string, streams []string, expires time.Duration) (uint64, error) {
	defer inUse(&c.users)()
	var spec *C.mct_publish_token_spec
	var token *C.mct_publish_token
	var failure *C.mct_error
	cLabel, free, err := lend("label", label)
	if err != nil {
		return 0, err
	}
	defer free()
	if err := check(C.mct_publish_token_spec_new(cLabel, &spec, &failure), failure); err != nil {
		return 0, err
	}
	defer C.mct_publish_token_spec_free(spec)
	for _, name := range streams {
		cName, free, err := lend("streamName", name)
		if err != nil {
			return 0, err
		}
		defer free()
		if err := check(C.mct_publish_token_spec_add_stream(spec, cName, false, &failure), failure); err != nil {
			return 0, err
		}
	}
	seconds, err := whole("expires", expires, time.Second)
	if err != nil {
		return 0, err
	}
	if err := check(C.mct_publish_token_spec_set_expires(spec, seconds, &failure), failure); err != nil {
		return 0, err
	}
	if err := check(C.mct_publish_token_create(c.handle, spec, &token, &failure), failure); err != nil {
		return 0, err
	}
	defer C.mct_publish_token_free(token)
	return uint64(C.mct_publish_token_id(token)), nil
}

// PublishTokenIDs gives the ids of the first hundred publish tokens.
func (c *Client) PublishTokenIDs() ([]uint64, error) {
	defer inUse(&c.users)()
	var list *C.mct_publish_token_list
	var failure *C.mct_error
	if err := check(C.mct_publish_token_list_page(c.handle, nil, &list, &failure), failure); err != nil {
		return nil, err
	}
	defer C.mct_publish_token_list_free(list)
	ids := make([]uint64, C.mct_publish_token_list_len(list))
	for i := range ids {
		ids[i] = uint64(C.mct_publish_token_id(C.mct_publish_token_list_get(list, C.size_t(i))))
	}
	return ids, nil
}

// DeletePublishToken deletes the publish token with this id.
func (c *Client) DeletePublishToken(id uint64) error {
	defer inUse(&c.users)()
	var failure *C.mct_error
	return check(C.mct_publish_token_delete(c.handle, C.uint64_t(id), &failure), failure)
}

// SubscribeToken is what the API answered. Its string stays in the library's memory.
type SubscribeToken struct {
	users  sync.RWMutex
	handle *C.mct_subscribe_token
}

// CreateSubscribeToken creates a subscribe token, which tokens for viewers are signed from.
func (c *Client) CreateSubscribeToken(label string, streams []string, expires time.Duration) (*SubscribeToken, error) {
	defer inUse(&c.users)()
	var spec *C.mct_subscribe_token_spec
	var failure *C.mct_error
	cLabel, free, err := lend("label", label)
	if err != nil {
		return nil, err
	}
	defer free()
	if err := check(C.mct_subscribe_token_spec_new(cLabel, &spec, &failure), failure); err != nil {
		return nil, err
	}
	defer C.mct_subscribe_token_spec_free(spec)
	for _, name := range streams {
		cName, free, err := lend("streamName", name)
		if err != nil {
			return nil, err
		}
		defer free()
		if err := check(C.mct_subscribe_token_spec_add_stream(spec, cName, false, &failure), failure); err != nil {
			return nil, err
		}
	}
	seconds, err := whole("expires", expires, time.Second)
	if err != nil {
		return nil, err
	}
	if err := check(C.mct_subscribe_token_spec_set_expires(spec, seconds, &failure), failure); err != nil {
		return nil, err
	}
	token := new(SubscribeToken)
	if err := check(C.mct_subscribe_token_create(c.handle, spec, &token.handle, &failure), failure); err != nil {
		return nil, err
	}
	runtime.SetFinalizer(token, (*SubscribeToken).Close)
	return token, nil
}

// DeleteSubscribeToken deletes the subscribe token with this id.
func (c *Client) DeleteSubscribeToken(id uint64) error {
	defer inUse(&c.users)()
	var failure *C.mct_error
	return check(C.mct_subscribe_token_delete(c.handle, C.uint64_t(id), &failure), failure)
}

// ID is what the API knows the token by.
func (t *SubscribeToken) ID() uint64 {
	defer inUse(&t.users)()
	return uint64(C.mct_subscribe_token_id(t.handle))
}

// Close frees the token, and wipes its string. At the platform it stays.
func (t *SubscribeToken) Close() {
	t.users.Lock()
	defer t.users.Unlock()
	C.mct_subscribe_token_free(t.handle)
	t.handle = nil
}

// Signer signs tokens for viewers, on any number of goroutines at once.
type Signer struct {
	users  sync.RWMutex
	handle *C.mct_signer
}

// Signer makes a signer that knows its parent, and refuses what the platform would.
func (t *SubscribeToken) Signer() (*Signer, error) {
	defer inUse(&t.users)()
	var failure *C.mct_error
	signer := new(Signer)
	status := C.mct_signer_from_token(t.handle, C.MCT_HS256, &signer.handle, &failure)
	return signer.made(check(status, failure))
}

// UncheckedSigner makes a signer that knows its parent's id and string alone.
func (t *SubscribeToken) UncheckedSigner() (*Signer, error) {
	defer inUse(&t.users)()
	var failure *C.mct_error
	signer := new(Signer)
	id, value := C.mct_subscribe_token_id(t.handle), C.mct_subscribe_token_value(t.handle)
	status := C.mct_signer_new(id, value, C.MCT_HS256, &signer.handle, &failure)
	return signer.made(check(status, failure))
}

func (s *Signer) made(err error) (*Signer, error) {
	if err != nil {
		return nil, err
	}
	runtime.SetFinalizer(s, (*Signer).Close)
	return s, nil
}

// Close frees the signer, and wipes its key.
func (s *Signer) Close() {
	s.users.Lock()
	defer s.users.Unlock()
	C.mct_signer_free(s.handle)
	s.handle = nil
}

// Sign signs a token for one viewer, with a lifetime that counts from issuedAt on: its text, and its end.
func (s *Signer) Sign(
	stream string, lifetime time.Duration, viewer string, issuedAt time.Time,
) (string, time.Time, error) {
	defer inUse(&s.users)()
	var claims *C.mct_claims
	var failure *C.mct_error
	cStream, free, err := lend("streamName", stream)
	if err != nil {
		return "", time.Time{}, err
	}
	defer free()
	cViewer, free, err := lend("customViewerData", viewer)
	if err != nil {
		return "", time.Time{}, err
	}
	defer free()
	seconds, err := whole("lifetime_seconds", lifetime, time.Second)
	if err != nil {
		return "", time.Time{}, err
	}
	if err := check(C.mct_claims_new(cStream, seconds, &claims, &failure), failure); err != nil {
		return "", time.Time{}, err
	}
	defer C.mct_claims_free(claims)
	if err := check(C.mct_claims_set_custom_viewer_data(claims, cViewer, &failure), failure); err != nil {
		return "", time.Time{}, err
	}
	if err := check(C.mct_claims_set_issued_at(claims, C.int64_t(issuedAt.Unix()), &failure), failure); err != nil {
		return "", time.Time{}, err
	}
	var jwt *C.char
	var expiresAt C.int64_t
	if err := check(C.mct_signer_sign(s.handle, claims, &jwt, &expiresAt, &failure), failure); err != nil {
		return "", time.Time{}, err
	}
	defer C.mct_string_free(jwt)
	return C.GoString(jwt), time.Unix(int64(expiresAt), 0), nil
}
