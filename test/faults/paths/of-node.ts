import type { IDataObject } from 'n8n-workflow';
import { NODES } from './of-credential';
import { OF_STORED_FILE } from './of-stored-file';
import { OF_ACK } from './of-ack';
import { type Path, type Scene, SUCCEEDS } from './path';
import { NOTHING, of, option, parameters, without } from './unusable';

const TOKEN = 'rocheGetToken';
const FETCH = 'rocheS3Fetch';
const ACK = 'rocheNotificationAck';
const SANDBOX = 'rocheSandboxNotification';

const OPTIONS: Path[] = [
	of(NODES, 'timeout that is not a number', option('timeout', 'soon'), /^Timeout must be a whole number from 1 to/),
	of(
		NODES,
		'timeout of a year',
		option('timeout', 31_536_000_000),
		/^Timeout must be a whole number from 1 to 86400000/,
	),
	of(
		[TOKEN, FETCH, ACK],
		'no attempts',
		option('maxAttempts', 0),
		/^Max Attempts must be a whole number of at least 1/,
	),
	of(
		[FETCH, ACK],
		'concurrency that is not a whole number',
		option('concurrency', 0.5),
		/^Concurrency must be a whole number of at least 1/,
	),
	of(
		[TOKEN, ACK, SANDBOX],
		'request id that is not a UUID',
		option('originRequestId', '0815'),
		/^Origin Request ID is not a UUID/,
	),
	of(
		[TOKEN, ACK, SANDBOX],
		'organization that is not an OID',
		option('orgId', 'Hospital'),
		/^Organization ID is not an org/,
	),
	of(
		TOKEN,
		'sealed secrets, and how long the certificate is valid',
		option('includeCertificateExpiry', true),
		SUCCEEDS,
	),
	of(
		TOKEN,
		'a certificate that expires soon, with a hint',
		({ rig, credential }) => void Object.assign(credential, rig.sandbox.info.identities.expiresSoon),
		SUCCEEDS,
	),
];

const arn = (accessPoint: string, expected: RegExp): Path =>
	of(FETCH, `access point ${accessPoint}`, parameters({ source: 'object', accessPoint }), expected);

const ARNS: Path[] = [
	arn(NOTHING, /^Access Point is empty/),
	arn('arn:aws:s3:::bucket', /^Access Point names a bucket/),
	arn('not an ARN', /^Access Point is not the ARN/),
	arn('arn:moon:s3:us-east-1:123456789012:accesspoint/name', /unknown AWS partition/),
	arn('arn:aws:s3:cn-north-1:123456789012:accesspoint/name', /names a region that is not one/),
	arn('arn:aws:s3:us-east-1:1234:accesspoint/name', /no account id of 12 digits/),
	arn('arn:aws:s3:us-east-1:123456789012:accesspoint/with.dots', /has a name that cannot be part of a host name/),
	arn('arn:aws:s3:us-east-1:123456789012:accesspoint/with_line', /has a name that AWS does not allow/),
	arn('arn:aws:s3:us-east-1:123456789012:accesspoint/another', /is not one of the 1 that the token grants/),
];

const SIGNATURE = 'X-Amz-Signature=5e55e55e55e55e55e55e55e55e55e55e';

/** Returns a path with the URL in a field of the item, which must not keep the signature. */
function url(what: string, link: string, expected: RegExp): Path {
	const prepare = (scene: Scene): void => {
		scene.item.link = link;
		Object.assign(scene.parameters, { source: 'presignedUrl', presignedUrl: '={{ $json.link }}' });
		scene.secrets.push({ name: 'signature', value: SIGNATURE });
	};
	return of(FETCH, `URL: ${what}`, prepare, expected);
}

const URLS: Path[] = [
	url('empty', '', /^Pre-Signed URL is empty/),
	url('broken', `https://[?${SIGNATURE}`, /^Pre-Signed URL is not a URL/),
	url('with a line break', `https://a.s3.amazonaws.com/a\n?${SIGNATURE}`, /^Pre-Signed URL contains a space/),
	url('without slashes', `https:a.s3.amazonaws.com/a?${SIGNATURE}`, /^Pre-Signed URL is not a URL/),
	url('without TLS', `http://a.s3.amazonaws.com/a?${SIGNATURE}`, /^Pre-Signed URL is not an https URL/),
	url('with a password', `https://u:p@a.s3.amazonaws.com/a?${SIGNATURE}`, /^Pre-Signed URL contains a user name/),
	url('with a backslash', `https://a.s3.amazonaws.com\\a?${SIGNATURE}`, /^Pre-Signed URL contains a backslash/),
	url('of another host', `https://a.invalid/a?${SIGNATURE}`, /^Pre-Signed URL leads to a\.invalid, which is not/),
];

const FILES: Path[] = [
	of(FETCH, 'not a notification', without('MessageReference'), /^MessageReference is missing/),
	of(FETCH, 'no object key', parameters({ source: 'object', objectKey: NOTHING }), /^Object Key is empty/),
	of(FETCH, 'object key too long', parameters({ source: 'object', objectKey: 'k'.repeat(1025) }), /longer than 1,024/),
	of(
		FETCH,
		'object key cut in the middle of a character',
		parameters({ source: 'object', objectKey: 'a\ud83d' }),
		/damaged characters/,
	),
	of(
		FETCH,
		'reference with several URLs',
		(scene) => {
			scene.item.MessageReference = ['a', 'b'].map((key) => `https://a.s3.amazonaws.com/${key}?${SIGNATURE}`);
			scene.secrets.push({ name: 'signature', value: SIGNATURE });
		},
		/^MessageReference names several files/,
	),
	of(
		FETCH,
		'URL field that does not exist',
		(scene) => {
			scene.item.MessageReference = { url: `https://a.s3.amazonaws.com/a?${SIGNATURE}` };
			scene.options.presignedUrlField = 'link';
			scene.secrets.push({ name: 'signature', value: SIGNATURE });
		},
		/^Pre-Signed URL Field names a field/,
	),
	of(FETCH, 'file that is not JSON', parameters({ output: 'json' }), /^The file is not JSON/),
	of(FETCH, 'file that is not text', notText, /^The file is not text in UTF-8/),
	of(
		FETCH,
		'no name for the binary field',
		parameters({ binaryPropertyName: ' ' }),
		/^Put Output File in Field is empty/,
	),
	of(FETCH, 'negative size limit', option('maxFileSize', -1), /^Max File Size must be a whole number of at least 0/),
	of(FETCH, 'file of another bucket', ({ rig, item: json }) => grantNothing(rig, json), /is not one of the 0 that/),
	of(FETCH, 'file beyond the size limit', tooLarge, /^The file is larger than the option/),
	of(FETCH, 'binary file', () => undefined, SUCCEEDS),
];

async function notText({ rig, item: json, parameters: given, secrets }: Scene): Promise<void> {
	const base64 = Buffer.concat([Buffer.from('Mustermann-im-Bild'), Buffer.from([0xff, 0xfe])]).toString('base64');
	const { key } = await rig.sandbox.addFile({
		kind: 'content',
		key: 'delivery/paths/odd',
		base64,
		contentType: 'image/x',
	});
	json.MessageReference = { ...(json.MessageReference as IDataObject), objectKey: key };
	given.output = 'text';
	secrets.push({ name: 'content of the file', value: 'Mustermann-im-Bild' });
}

async function tooLarge({ rig, item: json, options }: Scene): Promise<void> {
	const { key } = await rig.sandbox.addFile({ kind: 'bytes', key: 'delivery/paths/large', size: 2_000_000 });
	json.MessageReference = { ...(json.MessageReference as IDataObject), objectKey: key };
	options.maxFileSize = 1;
}

async function grantNothing(rig: Scene['rig'], json: IDataObject): Promise<void> {
	await rig.sandbox.settings({ awsResources: [] });
	delete json.awsResources;
}

const caller = (values: object) => (scene: Scene) => void Object.assign(scene.webhookCredential, values);
const callback = (value: string, expected: RegExp): Path =>
	of(SANDBOX, `callback URL ${value}`, parameters({ callbackUrl: value }), expected);

const SANDBOX_CALLS: Path[] = [
	of(SANDBOX, 'no patient', parameters({ patientId: NOTHING }), /^Patient ID is empty/),
	callback(NOTHING, /^Callback URL is empty/),
	callback('ftp://a.invalid/', /^Callback URL is not an http or https URL/),
	callback('https://u:callback-password-0815@a.invalid/', /^Callback URL contains a user name or password/),
	of(SANDBOX, 'path that is a URL', option('path', '//a.invalid/'), /^Path is not a path/),
	of(SANDBOX, 'live environment', ({ credential }) => void (credential.environment = 'live'), /^Environment is live/),
	of(SANDBOX, 'credential with a header', caller({ authentication: 'headerAuth' }), /^The credential uses a header/),
	of(SANDBOX, 'credential without a password', caller({ password: '' }), /^User or Password is empty/),
	of(SANDBOX, 'notification asked for', () => undefined, SUCCEEDS),
];

export const OF_NODE: readonly Path[] = [
	...OPTIONS,
	...ARNS,
	...URLS,
	...FILES,
	...OF_STORED_FILE,
	...OF_ACK,
	...SANDBOX_CALLS,
];
