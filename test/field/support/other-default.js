// Another package of the process chooses what Node trusts by default.
const { readFileSync } = require('node:fs');
const { setDefaultCACertificates } = require('node:tls');

setDefaultCACertificates([readFileSync(process.env.NODE_EXTRA_CA_CERTS, 'utf8')]);
