// Creates tokens, lists them, signs one for a viewer, asks an emulator's director about it, and deletes them again.
// MILLICAST_API_SECRET and MILLICAST_API_URL say as whom and where.
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const http = require('node:http');
const { Client, version } = require('./millicast_tokens.js');

const STREAM = 'StageCam';
const TIMEOUT_MS = 5000;

// What the director says to a viewer: whether he is let in, and why not.
async function askDirector(url, jwt) {
  const request = http.request(`${url}/api/director/subscribe`, {
    method: 'POST',
    headers: { authorization: `Bearer ${jwt}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  request.end(JSON.stringify({ streamName: STREAM }));
  const [answer] = await once(request, 'response');
  let text = '';
  for await (const part of answer.setEncoding('utf8')) text += part;
  const rule = JSON.parse(text).data?.rule ?? '?';
  return { isAdmitted: answer.statusCode === 200, why: `${rule}, HTTP ${answer.statusCode}` };
}

// Expects a failure, and shows it.
async function showRefusal(what, call) {
  await assert.rejects(async () => call(), (why) => {
    console.log(`${what} is refused: ${why}`);
    return true;
  }, `${what} was not refused`);
}

async function signForViewers(url, parent) {
  const signer = parent.signer();
  try {
    const { jwt, expiresAt } = signer.sign(STREAM, 60, 'Zoë');
    console.log(`signed a token of ${jwt.length} characters, good for ${expiresAt - Math.floor(Date.now() / 1000)} s`);
    const { isAdmitted, why } = await askDirector(url, jwt);
    assert(isAdmitted, `the director refuses the token: ${why}`);
    console.log('the director admits the viewer');
    await showRefusal('signing for another stream', () => signer.sign('BackupCam', 60, 'Zoë'));
  } finally {
    signer.close();
  }

  const unchecked = parent.uncheckedSigner();
  try {
    const expired = unchecked.sign(STREAM, 60, 'Zoë', Math.floor(Date.now() / 1000) - 3600);
    const { isAdmitted, why } = await askDirector(url, expired.jwt);
    assert(!isAdmitted, 'the director admits an expired token');
    console.log(`the director refuses an expired token: ${why}`);
  } finally {
    unchecked.close();
  }
}

// Goes on with `body`, and then deletes the token, however that ended.
async function withToken(kind, token, remove, body) {
  const { id } = token;
  console.log(`created ${kind} token ${id}`);
  try {
    await body(token);
  } finally {
    token.close();
    await remove(id);
    console.log(`deleted ${kind} token ${id}`);
  }
  return id;
}

async function guide(client, url) {
  await showRefusal('a token without streams', () => client.createPublishToken('Node guide', [], 3600));
  const deletePublish = (id) => client.deletePublishToken(id);
  const deleteSubscribe = (id) => client.deleteSubscribeToken(id);
  const publish = await client.createPublishToken('Node guide', [STREAM], 3600);
  const id = await withToken('publish', publish, deletePublish, async () => {
    console.log(`publish tokens: ${(await client.publishTokenIds()).join(' ')}`);
    const parent = await client.createSubscribeToken('Node guide', [STREAM], 3600);
    await withToken('subscribe', parent, deleteSubscribe, () => signForViewers(url, parent));
  });
  await showRefusal('deleting it again', () => deletePublish(id));
}

async function main() {
  const { MILLICAST_API_SECRET: secret, MILLICAST_API_URL: url } = process.env;
  assert(secret && url, "set MILLICAST_API_SECRET, and MILLICAST_API_URL to an emulator's address");
  console.log(`millicast-tokens ${version}`);
  const client = Client.open(secret, { baseUrl: url, timeoutMs: TIMEOUT_MS });
  try {
    await guide(client, url);
  } finally {
    client.close();
  }
}

main().catch((why) => {
  console.error(`failed: ${why}`);
  process.exitCode = 1;
});
