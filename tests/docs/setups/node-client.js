const { Client } = require('millicast_tokens.js');

const { MILLICAST_API_SECRET: apiSecret, MILLICAST_API_URL: baseUrl } = process.env;
// BLOCK
