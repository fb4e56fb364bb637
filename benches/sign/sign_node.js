// How long signing takes for jsonwebtoken of Node.js: prints a line, its name and the nanoseconds that a token took. The
// same claims as in sign.c. Prints nothing where the package is not installed (npm install jsonwebtoken).
'use strict';

const { createSecretKey } = require('node:crypto');

const KEY = '9b1a3d0c5e7f2468ace013579bdf02468ace13579bdf02468ace13579bdf0246';
// A key that is a text is read anew for each token, which takes longer than all the rest.
const READY = createSecretKey(Buffer.from(KEY));
const SIGNS = 20000;

function load() {
  try {
    return require('jsonwebtoken');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return null;
  }
}

function payload() {
  const issuedAt = Math.floor(Date.now() / 1000);
  return {
    streaming: {
      tokenType: 'Subscribe',
      streamName: 'evening-show',
      tracking: { trackingId: 'premium' },
      customViewerData: 'viewer-0000000001',
      tokenId: 1234567,
    },
    iat: issuedAt,
    exp: issuedAt + 60,
  };
}

function signAll(jwt) {
  for (let sign = 0; sign < SIGNS; sign++) {
    jwt.sign(payload(), READY, { algorithm: 'HS256' });
  }
}

function main() {
  const jwt = load();
  if (jwt === null) {
    console.error('jsonwebtoken is not installed: nothing was measured');
    return;
  }
  // Once unmeasured, so that what is measured is compiled.
  signAll(jwt);
  const started = process.hrtime.bigint();
  signAll(jwt);
  const taken = Number(process.hrtime.bigint() - started);
  console.log(`node_single ${(taken / SIGNS).toFixed(1)}`);
}

main();
