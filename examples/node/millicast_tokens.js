// Publish and subscribe tokens from Node, over the C interface: what guide.js uses of it.
//
// Calls to the API are promises. Each runs the library's blocking function on one of Node's worker threads, so that the
// event loop goes on; what only signs or reads memory is quick, and is called as it is. Whatever fails throws an
// ApiError. Ids are BigInts, which keep all their 64 bits. Handles are freed by close(), and not by the collector; one
// that was closed is null to the library, which then answers with an error. A client may be closed while calls are made
// with it, which then end.
'use strict';

const { promisify } = require('node:util');
const koffi = require('koffi');

const library = koffi.load(process.env.MILLICAST_TOKENS_LIBRARY || 'libmillicast_tokens.so.0');

koffi.alias('mct_status', 'int32_t');
koffi.alias('mct_reason', 'int32_t');
koffi.alias('mct_algorithm', 'int32_t');
for (const handle of [
  'error', 'client_config', 'client', 'list_options', 'publish_token', 'publish_token_list', 'publish_token_spec',
  'subscribe_token', 'subscribe_token_spec', 'claims', 'signer',
]) koffi.opaque(`mct_${handle}`);

// A `char **` of the header: a text that becomes a JavaScript string, and is then given back to the library.
const stringFree = library.func('void mct_string_free(char *text)');
koffi.disposable('mct_owned_text', 'str', stringFree);

// As in millicast_tokens.h; _Out_ is koffi's, and mct_owned_text * stands for char **.
const PROTOTYPES = `
const char *mct_version_string(void);
const char *mct_status_name(mct_status status);
const char *mct_error_message(const mct_error *error);
const char *mct_error_field(const mct_error *error);
int mct_error_http_status(const mct_error *error);
mct_reason mct_error_reason(const mct_error *error);
void mct_error_free(mct_error *error);

mct_status mct_client_config_new(const char *api_secret, _Out_ mct_client_config **out, _Out_ mct_error **error);
mct_status mct_client_config_set_base_url(mct_client_config *config, const char *base_url, _Out_ mct_error **error);
mct_status mct_client_config_set_timeout_ms(mct_client_config *config, uint32_t milliseconds, _Out_ mct_error
    **error);
void mct_client_config_free(mct_client_config *config);
mct_status mct_client_new(const mct_client_config *config, _Out_ mct_client **out, _Out_ mct_error **error);
void mct_client_cancel(mct_client *client);
void mct_client_free(mct_client *client);

mct_status mct_publish_token_spec_new(const char *label, _Out_ mct_publish_token_spec **out, _Out_ mct_error **error);
mct_status mct_publish_token_spec_add_stream(mct_publish_token_spec *spec, const char *name, bool is_regex, _Out_
    mct_error **error);
mct_status mct_publish_token_spec_set_expires(mct_publish_token_spec *spec, uint32_t seconds, _Out_ mct_error
    **error);
void mct_publish_token_spec_free(mct_publish_token_spec *spec);
mct_status mct_publish_token_create(mct_client *client, const mct_publish_token_spec *spec, _Out_ mct_publish_token
    **out, _Out_ mct_error **error);
mct_status mct_publish_token_list_page(mct_client *client, const mct_list_options *options, _Out_
    mct_publish_token_list **out, _Out_ mct_error **error);
mct_status mct_publish_token_delete(mct_client *client, uint64_t id, _Out_ mct_error **error);
uint64_t mct_publish_token_id(const mct_publish_token *token);
void mct_publish_token_free(mct_publish_token *token);
size_t mct_publish_token_list_len(const mct_publish_token_list *list);
const mct_publish_token *mct_publish_token_list_get(const mct_publish_token_list *list, size_t index);
void mct_publish_token_list_free(mct_publish_token_list *list);

mct_status mct_subscribe_token_spec_new(const char *label, _Out_ mct_subscribe_token_spec **out, _Out_ mct_error
    **error);
mct_status mct_subscribe_token_spec_add_stream(mct_subscribe_token_spec *spec, const char *name, bool is_regex, _Out_
    mct_error **error);
mct_status mct_subscribe_token_spec_set_expires(mct_subscribe_token_spec *spec, uint32_t seconds, _Out_ mct_error
    **error);
void mct_subscribe_token_spec_free(mct_subscribe_token_spec *spec);
mct_status mct_subscribe_token_create(mct_client *client, const mct_subscribe_token_spec *spec, _Out_
    mct_subscribe_token **out, _Out_ mct_error **error);
mct_status mct_subscribe_token_delete(mct_client *client, uint64_t id, _Out_ mct_error **error);
uint64_t mct_subscribe_token_id(const mct_subscribe_token *token);
const char *mct_subscribe_token_value(const mct_subscribe_token *token);
void mct_subscribe_token_free(mct_subscribe_token *token);

mct_status mct_claims_new(const char *stream_name, uint32_t lifetime_seconds, _Out_ mct_claims **out, _Out_ mct_error
    **error);
mct_status mct_claims_set_custom_viewer_data(mct_claims *claims, const char *viewer, _Out_ mct_error **error);
mct_status mct_claims_set_issued_at(mct_claims *claims, int64_t unix_seconds, _Out_ mct_error **error);
void mct_claims_free(mct_claims *claims);
mct_status mct_signer_new(uint64_t token_id, const char *token, mct_algorithm algorithm, _Out_ mct_signer **out, _Out_
    mct_error **error);
mct_status mct_signer_from_token(const mct_subscribe_token *token, mct_algorithm algorithm, _Out_ mct_signer **out,
    _Out_ mct_error **error);
mct_status mct_signer_sign(const mct_signer *signer, const mct_claims *claims, _Out_ mct_owned_text *jwt, _Out_
    int64_t *expires_at, _Out_ mct_error **error);
void mct_signer_free(mct_signer *signer);
`;

const lib = {};
for (const [prototype, name] of PROTOTYPES.matchAll(/[^;]*?(mct_\w+)\([^;]*/g)) {
  lib[name] = library.func(prototype.trim());
}

const MCT_OK = 0;
const MCT_HS256 = 256;

class ApiError extends Error {
  constructor(name, message, field, httpStatus = 0, reason = 0) {
    super(message);
    Object.assign(this, { name, field, httpStatus, reason });
  }

  // Takes what a failed call left, and frees it.
  static take(status, error) {
    const taken = new ApiError(lib.mct_status_name(status), lib.mct_error_message(error) ?? '',
      lib.mct_error_field(error), lib.mct_error_http_status(error), lib.mct_error_reason(error));
    lib.mct_error_free(error);
    return taken;
  }

  static invalid(field, problem) {
    return new ApiError('MCT_ERR_INVALID_ARGUMENT', `${field}: ${problem}`, field);
  }

  toString() {
    const parts = [this.name];
    if (this.httpStatus !== 0) parts.push(`HTTP ${this.httpStatus}`);
    if (this.field !== null) parts.push(`field ${this.field}`);
    if (this.reason !== 0) parts.push(`reason ${this.reason}`);
    return `${parts.join(', ')}: ${this.message}`;
  }
}

function check(status, error) {
  if (status !== MCT_OK) throw ApiError.take(status, error[0]);
}

// A function that is quick, with the error as its last argument.
function call(name, ...args) {
  const error = [null];
  check(lib[name](...args, error), error);
}

// A text as C takes it, which ends at a NUL; koffi would take a number for an address, and make U+FFFD of a lone
// surrogate. What was given is not shown: it may be a secret.
function text(field, given) {
  if (typeof given !== 'string') throw ApiError.invalid(field, `must be a string, given is of type ${typeof given}`);
  if (given.includes('\0')) throw ApiError.invalid(field, 'must not hold U+0000');
  if (/\p{Surrogate}/u.test(given)) throw ApiError.invalid(field, 'must not hold a lone surrogate');
  return given;
}

const U32 = [0, 2 ** 32 - 1];
const U64 = [0n, 2n ** 64n - 1n];
const I64 = [-(2n ** 63n), 2n ** 63n - 1n];

// A whole number as C takes it, which would cut it to what fits.
function whole(field, given, [least, most]) {
  if (!['number', 'bigint'].includes(typeof given)) {
    throw ApiError.invalid(field, `must be a number, given is of type ${typeof given}`);
  }
  const isExact = typeof given === 'bigint' || Number.isSafeInteger(given);
  if (!(isExact && given >= least && given <= most)) {
    const hint = Number.isInteger(given) && !isExact ? ' (as a BigInt where a Number is not exact)' : '';
    throw ApiError.invalid(field, `must be a whole number from ${least} to ${most}${hint}, given is ${given}`);
  }
  return given;
}

const waiting = new Map();

// The same for a function that sends: off the event loop's thread.
async function send(name, ...args) {
  if (!waiting.has(name)) waiting.set(name, promisify(lib[name].async));
  const error = [null];
  check(await waiting.get(name)(...args, error), error);
}

class Handle {
  constructor(type, pointer) {
    this.type = type;
    this.pointer = pointer;
  }

  // What a function gives that has `out` as its last argument but one.
  static make(type, name, ...args) {
    const out = [null];
    call(name, ...args, out);
    return new this(type, out[0]);
  }

  static async fetch(type, client, name, ...args) {
    const out = [null];
    await client.send(name, ...args, out);
    return new this(type, out[0]);
  }

  close() {
    lib[`mct_${this.type}_free`](this.pointer);
    this.pointer = null;
  }
}

// A spec of either kind, closed when `body` is done with it.
async function withSpec(kind, label, streams, expiresSeconds, body) {
  const spec = Handle.make(`${kind}_spec`, `mct_${kind}_spec_new`, text('label', label));
  try {
    for (const stream of streams) {
      call(`mct_${kind}_spec_add_stream`, spec.pointer, text('streamName', stream), false);
    }
    call(`mct_${kind}_spec_set_expires`, spec.pointer, whole('expires', expiresSeconds, U32));
    return await body(spec);
  } finally {
    spec.close();
  }
}

class PublishToken extends Handle {
  get id() {
    return BigInt(lib.mct_publish_token_id(this.pointer)); // koffi gives a Number where one is exact
  }
}

class SubscribeToken extends Handle {
  get id() {
    return BigInt(lib.mct_subscribe_token_id(this.pointer));
  }

  // A signer that knows its parent, and refuses what the platform would.
  signer() {
    return Signer.make('signer', 'mct_signer_from_token', this.pointer, MCT_HS256);
  }

  // A signer that knows its parent's id and string alone.
  uncheckedSigner() {
    return Signer.make('signer', 'mct_signer_new', this.id, lib.mct_subscribe_token_value(this.pointer), MCT_HS256);
  }
}

class Signer extends Handle {
  // Signs a token for one viewer: its text, and its end in Unix seconds. Without `issuedAt` it begins now.
  sign(stream, lifetimeSeconds, viewer, issuedAt) {
    const lifetime = whole('lifetime_seconds', lifetimeSeconds, U32);
    const claims = Handle.make('claims', 'mct_claims_new', text('streamName', stream), lifetime);
    try {
      call('mct_claims_set_custom_viewer_data', claims.pointer, text('customViewerData', viewer));
      if (issuedAt !== undefined) call('mct_claims_set_issued_at', claims.pointer, whole('iat', issuedAt, I64));
      const jwt = [null];
      const expiresAt = [0];
      call('mct_signer_sign', this.pointer, claims.pointer, jwt, expiresAt);
      return { jwt: jwt[0], expiresAt: Number(expiresAt[0]) };
    } finally {
      claims.close();
    }
  }
}

class Client extends Handle {
  calls = new Set();

  // Without `baseUrl` it is the platform's own. `timeoutMs` bounds each call whole.
  static open(secret, { baseUrl, timeoutMs = 30000 } = {}) {
    const config = Handle.make('client_config', 'mct_client_config_new', text('api_secret', secret));
    try {
      if (baseUrl !== undefined) call('mct_client_config_set_base_url', config.pointer, text('base_url', baseUrl));
      call('mct_client_config_set_timeout_ms', config.pointer, whole('timeout_ms', timeoutMs, U32));
      return this.make('client', 'mct_client_new', config.pointer);
    } finally {
      config.close();
    }
  }

  // Ends every call under way, and those to come, with MCT_ERR_CANCELLED.
  cancel() {
    lib.mct_client_cancel(this.pointer);
  }

  // A call that sends. It waits for a worker first, so that the client is kept for it.
  send(name, ...args) {
    const made = send(name, this.pointer, ...args).finally(() => this.calls.delete(made));
    this.calls.add(made);
    return made;
  }

  // Ends every call under way, and frees the client after the last of them.
  close() {
    const { pointer } = this;
    this.pointer = null;
    lib.mct_client_cancel(pointer);
    Promise.allSettled(this.calls).then(() => lib.mct_client_free(pointer));
  }

  createPublishToken(label, streams, expiresSeconds) {
    return withSpec('publish_token', label, streams, expiresSeconds, (spec) =>
      PublishToken.fetch('publish_token', this, 'mct_publish_token_create', spec.pointer));
  }

  // The ids of the first hundred publish tokens.
  async publishTokenIds() {
    const list = await Handle.fetch('publish_token_list', this, 'mct_publish_token_list_page', null);
    try {
      return Array.from({ length: Number(lib.mct_publish_token_list_len(list.pointer)) }, (_, index) =>
        BigInt(lib.mct_publish_token_id(lib.mct_publish_token_list_get(list.pointer, index))));
    } finally {
      list.close();
    }
  }

  async deletePublishToken(id) {
    await this.send('mct_publish_token_delete', whole('tokenId', id, U64));
  }

  createSubscribeToken(label, streams, expiresSeconds) {
    return withSpec('subscribe_token', label, streams, expiresSeconds, (spec) =>
      SubscribeToken.fetch('subscribe_token', this, 'mct_subscribe_token_create', spec.pointer));
  }

  async deleteSubscribeToken(id) {
    await this.send('mct_subscribe_token_delete', whole('tokenId', id, U64));
  }
}

module.exports = { ApiError, Client, version: lib.mct_version_string() };
