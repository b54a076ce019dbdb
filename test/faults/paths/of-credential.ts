import { webcrypto } from 'node:crypto';
import type { IdentityName } from '../../sandbox/identity-types';
import { armour, base64Of, makeIdentity } from '../../unit/support/identity-samples';
import type { RocheNode } from '../../engine/roche';
import type { Path, Scene } from './path';

export const NODES: readonly RocheNode[] = [
	'rocheGetToken',
	'rocheS3Fetch',
	'rocheNotificationAck',
	'rocheSandboxNotification',
];

type Change = (scene: Scene) => object | Promise<object>;

/** Returns a path with an unusable credential, in each node and with the Test button. */
function broken(what: string, change: Change, expected: RegExp): Path {
	return {
		what: `credential: ${what}`,
		nodes: NODES,
		prepare: async (scene) => void Object.assign(scene.credential, await change(scene)),
		expected,
		testButton: true,
	};
}

/** A credential that the node, the API or its server refuses. */
const identity = (name: IdentityName, expected: RegExp): Path =>
	broken(name, ({ rig }) => rig.sandbox.info.identities[name], expected);

const text = (scene: Scene, field: string): string => scene.credential[field] as string;
const cut = (pem: string): string => armour('CERTIFICATE', base64Of(pem).slice(0, 400));

/** No error may repeat a line of it. */
const WITH_BREAK = 'client-secret-before-the-break\nclient-secret-behind-the-break';

async function shortKey({ rig }: Scene): Promise<object> {
	const kind = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) };
	const keys = await webcrypto.subtle.generateKey({ ...kind, modulusLength: 512 }, true, ['sign', 'verify']);
	const { certificate, keyPem } = await makeIdentity(rig.authorities.client, { keys });
	return { clientCertificate: certificate, privateKey: keyPem };
}

const PEM: Path[] = [
	broken('no certificate', () => ({ clientCertificate: '' }), /^Client Certificate is empty/),
	broken('no key', () => ({ privateKey: ' ' }), /^Private Key is empty/),
	broken('key for certificate', (s) => ({ clientCertificate: text(s, 'privateKey') }), /contains a private key/),
	broken('certificate for key', (s) => ({ privateKey: text(s, 'clientCertificate') }), /contains a certificate/),
	broken(
		'a file name for the key',
		() => ({ privateKey: 'hospital.demo.key' }),
		/^Private Key contains the name of a file/,
	),
	broken('a sentence for the key', () => ({ privateKey: 'see the attached file' }), /^Private Key is not PEM/),
	broken(
		'key cut off before another end line',
		(s) => ({ privateKey: `${text(s, 'privateKey').slice(0, 900)}\n-----END RSA PRIVATE KEY-----\n` }),
		/^Private Key is cut off/,
	),
	broken('key cut off', (s) => ({ privateKey: text(s, 'privateKey').slice(0, 900) }), /^Private Key is cut off/),
	broken(
		'key with other characters',
		(s) => ({ privateKey: text(s, 'privateKey').replace('MII', 'M…I') }),
		/^Private Key is damaged/,
	),
	broken(
		'key with a part missing',
		(s) => ({ privateKey: armour('PRIVATE KEY', base64Of(text(s, 'privateKey')).slice(0, 800)) }),
		/^Private Key is damaged: it cannot be read/,
	),
	broken(
		'certificate with a part missing',
		(s) => ({ clientCertificate: cut(text(s, 'clientCertificate')) }),
		/^Client Certificate is damaged/,
	),
	broken('CA that is not PEM', () => ({ caCertificates: 'hello' }), /^CA Certificates is not PEM/),
	broken('key for CA', (s) => ({ caCertificates: text(s, 'privateKey') }), /^CA Certificates contains a private key/),
	broken(
		'key of another',
		({ rig }) => ({ privateKey: rig.sandbox.info.identities.refused.privateKey }),
		/^Private Key does not belong to Client Certificate/,
	),
	broken(
		'no passphrase',
		({ rig }) => ({ ...rig.sandbox.info.identities.encrypted, passphrase: '' }),
		/^Passphrase is missing/,
	),
	broken(
		'wrong passphrase',
		({ rig }) => ({ ...rig.sandbox.info.identities.encrypted, passphrase: 'wrong-passphrase-0815' }),
		/^Passphrase is wrong/,
	),
	broken('key too short for TLS', shortKey, /^Client Certificate and Private Key cannot be used for TLS/),
	identity('expired', /^Client Certificate expired on/),
	identity('notYetValid', /^Client Certificate is valid only from/),
	identity('serverAuthOnly', /lacks clientAuth/),
	identity('wrongCa', /closed the connection before the answer was complete/),
	identity('refused', /^Roche does not accept the client certificate \(403\)/),
];

const VALUES: Path[] = [
	broken('no organization', () => ({ orgId: '' }), /^Organization ID is empty/),
	broken(
		'organization that is not an OID',
		() => ({ orgId: 'Hospital' }),
		/^Organization ID is not an organization OID/,
	),
	broken('no client id', () => ({ clientId: '' }), /^Client ID is empty/),
	broken(
		'line break in the client secret',
		() => ({ clientSecret: WITH_BREAK }),
		/^Client Secret contains a line break/,
	),
	broken(
		'umlaut in the client secret',
		() => ({ clientSecret: 'geheim-überall-0815' }),
		/^Client Secret contains a char/,
	),
	broken('wrong client secret', () => ({ clientSecret: 'wrong-client-secret-0815' }), /^Client ID or Client Secret is/),
	broken('unknown environment', () => ({ environment: 'moon' }), /^Environment is not demo/),
	...[
		['no base URL', '', /^Base URL is empty/] as const,
		['base URL that is not a URL', 'hospital', /^Base URL is not a URL/] as const,
		['base URL without TLS', 'http://a.invalid/partners/services/api/', /^Base URL is not an https URL/] as const,
		['base URL with a password', 'https://u:password-0815@a.invalid/', /^Base URL contains a user name/] as const,
		['base URL with a query', 'https://a.invalid/?key=query-0815', /^Base URL contains a query/] as const,
		['base URL of a service', 'https://a.invalid/partners/services/api/v1/', /^Base URL is too long/] as const,
	].map(([what, baseUrl, expected]) => broken(what, () => ({ environment: 'custom', baseUrl }), expected)),
	{
		...broken('CA field empty', () => ({ caCertificates: '' }), /is signed by a CA that n8n does not trust/),
		// Another CA results in another connection, so no connection pool is shared with earlier nodes.
	},
];

export const OF_CREDENTIAL: readonly Path[] = [...PEM, ...VALUES];
