// Hands the module what it can't take ("refused"), or wears it out ("stress"). The first argument is its folder.
'use strict';

const { Worker, isMainThread } = require('node:worker_threads');
const [, , folder, mode] = process.argv;
const { Client } = require(`${folder}/millicast_tokens.js`);

const { MILLICAST_API_SECRET: secret, MILLICAST_API_URL: baseUrl } = process.env;
const NUL = 's3cret\0rest';

async function show(call) {
  try {
    await call();
    console.log('was taken');
  } catch (why) {
    console.log(String(why));
  }
}

async function refused(client, signer) {
  await show(() => Client.open(NUL, { baseUrl }));
  await show(() => Client.open(secret, { baseUrl: NUL }));
  await show(() => client.createPublishToken(NUL, ['s'], 60));
  await show(() => client.createPublishToken('l', ['s', NUL], 60));
  await show(() => client.createSubscribeToken(NUL, ['s'], 60));
  await show(() => client.createSubscribeToken('l', ['s', NUL], 60));
  await show(() => signer.sign(NUL, 60, 'viewer'));
  await show(() => signer.sign('StageCam', 60, NUL));
  console.log('numbers');
  for (const timeoutMs of [-1, 2 ** 32, 1.5, NaN, '5', -5n]) {
    await show(() => Client.open(secret, { baseUrl, timeoutMs }));
  }
  await show(() => client.createPublishToken('l', ['s'], 2 ** 32 + 60));
  await show(() => client.createSubscribeToken('l', ['s'], -1));
  await show(() => signer.sign('StageCam', 60.5, 'viewer'));
  await show(() => signer.sign('StageCam', 60, 'viewer', 1.5));
  for (const id of [-1, 2 ** 53, 1.5, -1n, 2n ** 64n]) await show(() => client.deletePublishToken(id));
  await show(() => client.deleteSubscribeToken(Infinity));
  console.log('texts');
  for (const label of [5, '\ud800']) await show(() => client.createPublishToken(label, ['s'], 60));
}

// Calls that wait for a worker while their client is closed: none begins with what was freed.
async function closeUnderWay() {
  const client = Client.open(secret, { baseUrl });
  const calls = Array.from({ length: 100 }, () => client.publishTokenIds());
  client.close();
  client.close();
  const ends = await Promise.allSettled(calls);
  return new Set(ends.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.name));
}

async function stress() {
  const workers = Array.from({ length: 3 }, () => new Worker(__filename, { argv: [folder, mode] }));
  const exits = workers.map((worker) => new Promise((done) => { worker.on('exit', done); }));
  const ends = await closeUnderWay();
  console.log([...ends].join(' '), (await Promise.all(exits)).join(' '));
}

async function main() {
  if (!isMainThread) return closeUnderWay();
  if (mode === 'stress') return stress();
  const client = Client.open(secret, { baseUrl });
  const parent = await client.createSubscribeToken('Node', ['StageCam'], 3600);
  return refused(client, parent.signer());
}

main();
