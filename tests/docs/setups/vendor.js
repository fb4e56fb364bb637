// The vendor's client has a setting for the host, and none for the port and for what to trust: an emulator of its own.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const { https } = require('follow-redirects');

const apiSecret = 'my-secret';
const tls = fs.mkdtempSync(`${os.tmpdir()}/tls-`);
const emulator = spawn(process.env.MILLICAST_EMULATOR, ['--tls', tls, '--until-eof'], {
  env: { MILLICAST_EMULATOR_API_SECRET: apiSecret },
  stdio: ['pipe', 'pipe', 'inherit'],
});
emulator.stdout.once('data', (said) => {
  const { hostname, port } = new URL(String(said).replace('listening on ', '').trim());
  const ca = fs.readFileSync(`${tls}/ca.pem`);
  const request = https.request;
  https.request = (options, ...rest) => request({ ...options, port, ca }, ...rest);
  require('@dolbyio/dolbyio-rest-apis-client').urls.initialize({ rts: hostname, rtsDirector: hostname });
  example().finally(() => {
    emulator.stdin.end();
    fs.rmSync(tls, { recursive: true });
  });
});

async function example() {
  // BLOCK
  await main();
}
