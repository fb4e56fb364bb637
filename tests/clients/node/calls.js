// Makes calls of the vendor's client: one JSON line says which, one says what came of it. The first line says where.
'use strict';

const readline = require('node:readline');
const client = require('@dolbyio/dolbyio-rest-apis-client');

const carryOut = async ({ call, args }) => {
    const [group, name] = call.split('.');
    return client.streaming[group][name](...args);
};

const main = async () => {
    for await (const line of readline.createInterface({ input: process.stdin })) {
        const asked = JSON.parse(line);
        if (asked.host) {
            client.urls.initialize({ rts: asked.host, rtsDirector: asked.host });
            continue;
        }
        const outcome = await carryOut(asked).then(
            (value) => ({ value }),
            (error) => ({ error: String(error) }),
        );
        process.stdout.write(`${JSON.stringify(outcome)}\n`);
    }
};

main();
