import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

/** Object key of the notification. */
export const KEY = 'delivery/Müller.xml';

export const NOTIFICATION = JSON.stringify({
	EmrOid: '2.16.724.4.2',
	MessageId: 'e6950ef2-3c66-4d00-9aba-205fde0d3199',
	MessageType: 'Clinical Report',
	MessageReference: {
		accesspoint: 'arn:aws:s3:us-east-1:019364481091:accesspoint/2291405',
		objectKey: KEY,
	},
	MessageReceiptHandle: 'AQEB+/marker=',
});
const LATIN1 = Buffer.from(NOTIFICATION, 'latin1');
const BOM = Buffer.from(`\uFEFF${NOTIFICATION}`);
const UTF16 = Buffer.from(`\uFEFF${NOTIFICATION}`, 'utf16le');
const LARGE = JSON.stringify({ a: 'x'.repeat(300_000) });

/** A body as sent, and the answer. An answer of the node has `status`, one of n8n itself does not. */
export interface Body {
	what: string;
	body: Buffer | string;
	type?: string;
	packed?: string;
	/** By n8n line if the lines differ. */
	answer: number | { '1': number; '2': number };
	by: 'node' | 'n8n';
}

const JSON_TYPE = 'application/json';
export const BODIES: Body[] = [
	{ what: 'JSON', body: NOTIFICATION, type: JSON_TYPE, answer: 200, by: 'node' },
	{
		what: 'JSON with a charset',
		body: NOTIFICATION,
		type: 'application/json; charset="UTF-8"',
		answer: 200,
		by: 'node',
	},
	{
		what: 'JSON with a space before the charset',
		body: NOTIFICATION,
		type: 'application/json ;charset=utf-8',
		answer: 200,
		by: 'node',
	},
	{ what: 'JSON as text/plain', body: NOTIFICATION, type: 'text/plain;charset=UTF-8', answer: 200, by: 'node' },
	{
		what: 'JSON as a form, as curl sends it',
		body: NOTIFICATION,
		type: 'application/x-www-form-urlencoded',
		answer: 200,
		by: 'node',
	},
	{ what: 'JSON as application/fhir+json', body: NOTIFICATION, type: 'application/fhir+json', answer: 200, by: 'node' },
	{ what: 'JSON as octets', body: NOTIFICATION, type: 'application/octet-stream', answer: 200, by: 'node' },
	{ what: 'JSON without a type', body: NOTIFICATION, answer: 200, by: 'node' },
	{ what: 'JSON with a byte order mark as text', body: BOM, type: 'text/plain', answer: 200, by: 'node' },
	{ what: 'JSON in UTF-16 without a type', body: UTF16, answer: 200, by: 'node' },
	{
		what: 'JSON in Latin-1, declared as octets',
		body: LATIN1,
		type: 'application/octet-stream;charset=ISO-8859-1',
		answer: 200,
		by: 'node',
	},
	{
		what: 'JSON in Latin-1 by the name that n8n knows',
		body: LATIN1,
		type: 'application/json; charset=latin1',
		answer: 200,
		by: 'node',
	},
	{ what: 'packed with gzip', body: gzipSync(NOTIFICATION), type: JSON_TYPE, packed: 'gzip', answer: 200, by: 'node' },
	{
		what: 'packed with deflate',
		body: deflateSync(NOTIFICATION),
		type: JSON_TYPE,
		packed: 'deflate',
		answer: 200,
		by: 'node',
	},
	{
		what: 'compressed with gzip, without a type',
		body: gzipSync(NOTIFICATION),
		packed: 'gzip',
		answer: 200,
		by: 'node',
	},
	{
		what: 'not compressed, with a declaration of that',
		body: NOTIFICATION,
		type: JSON_TYPE,
		packed: 'identity',
		answer: 200,
		by: 'node',
	},

	{ what: 'JSON in undeclared Latin-1', body: LATIN1, type: JSON_TYPE, answer: 400, by: 'node' },
	{ what: 'text in undeclared Latin-1', body: LATIN1, type: 'text/plain', answer: 400, by: 'node' },
	{
		what: 'a form',
		body: 'EmrOid=2.16&MessageId=1',
		type: 'application/x-www-form-urlencoded',
		answer: 400,
		by: 'node',
	},
	{ what: 'XML', body: '<a>x</a>', type: 'text/xml', answer: 400, by: 'node' },
	{ what: 'JSON that broke off, without a type', body: NOTIFICATION.slice(0, 50), answer: 400, by: 'node' },
	{
		what: 'an unknown encoding',
		body: NOTIFICATION,
		type: 'text/json;charset=ebcdic',
		answer: 415,
		by: 'node',
	},
	{
		what: 'compressed with Brotli, without a type',
		body: brotliCompressSync(NOTIFICATION),
		packed: 'br',
		answer: 415,
		by: 'node',
	},
	{ what: 'packed twice', body: gzipSync(gzipSync(NOTIFICATION)), packed: 'gzip, gzip', answer: 415, by: 'node' },
	{ what: 'compressed, not declared', body: gzipSync(NOTIFICATION), answer: 400, by: 'node' },
	{ what: 'packed, and cut', body: gzipSync(NOTIFICATION).subarray(0, 60), packed: 'gzip', answer: 400, by: 'node' },
	{ what: 'a multipart mail', body: '--x\r\n\r\n--x--', type: 'multipart/mixed; boundary=x', answer: 415, by: 'node' },
	{
		what: 'a multipart form',
		body: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
		type: 'multipart/form-data; boundary=x',
		answer: 415,
		by: 'node',
	},
	{ what: '300 KB', body: LARGE, type: JSON_TYPE, answer: 413, by: 'node' },
	{ what: '300 KB, packed', body: gzipSync(LARGE), packed: 'gzip', type: JSON_TYPE, answer: 413, by: 'node' },
	{
		what: '20 MB, compressed, without a type',
		body: gzipSync('x'.repeat(20_000_000)),
		packed: 'gzip',
		answer: 413,
		by: 'node',
	},

	{
		what: 'JSON in Latin-1, declared',
		body: LATIN1,
		type: 'application/json;charset=ISO-8859-1',
		answer: 422,
		by: 'n8n',
	},
	{ what: 'JSON in UTF-16', body: UTF16, type: JSON_TYPE, answer: 422, by: 'n8n' },
	{ what: 'JSON that broke off', body: NOTIFICATION.slice(0, 50), type: JSON_TYPE, answer: 422, by: 'n8n' },
	{ what: 'XML that broke off', body: '<a>', type: 'application/xml', answer: 422, by: 'n8n' },
	{
		what: 'packed with Brotli',
		body: brotliCompressSync(NOTIFICATION),
		type: JSON_TYPE,
		packed: 'br',
		answer: 422,
		by: 'n8n',
	},
	{
		what: 'compressed with raw deflate',
		body: deflateRawSync(NOTIFICATION),
		type: JSON_TYPE,
		packed: 'deflate',
		answer: 500,
		by: 'n8n',
	},
	{ what: 'JSON with a byte order mark', body: BOM, type: JSON_TYPE, answer: { '1': 422, '2': 200 }, by: 'n8n' },
];
