// Asks for a list that takes a while, and counts what the event loop did meanwhile. Then a call that is cancelled, and
// one with a client that was closed. The argument is the folder of the module.
'use strict';

const { Client } = require(`${process.argv[2]}/millicast_tokens.js`);

async function main() {
  const { MILLICAST_API_SECRET: secret, MILLICAST_API_URL: baseUrl } = process.env;
  const client = Client.open(secret, { baseUrl });
  let ticks = 0;
  const timer = setInterval(() => { ticks += 1; }, 10);
  const ids = await client.publishTokenIds();
  clearInterval(timer);
  console.log(`${ids.length} tokens, ${ticks >= 5 ? 'and the loop went on' : `and ${ticks} ticks`}`);

  setTimeout(() => client.cancel(), 20);
  await client.publishTokenIds().catch((why) => console.log(why.name));
  client.close();
  await client.publishTokenIds().catch((why) => console.log(why.name));
}

main();
