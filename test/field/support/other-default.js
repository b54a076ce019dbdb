// Represents another package in the process that sets Node's default CAs.
const { readFileSync } = require('node:fs');
const { setDefaultCACertificates } = require('node:tls');

setDefaultCACertificates([readFileSync(process.env.NODE_EXTRA_CA_CERTS, 'utf8')]);
