import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer as createTlsServer } from 'node:tls';
import { networkFailure } from '../../nodes/shared/failures/network';
import type { IdentityFields } from '../../nodes/shared/partners-services/client-identity';
import { failureCode } from '../../nodes/shared/wire/failure-code';
import { askForToken, failureOf, listening, TOKEN } from './support/api-server';
import { CA, CLIENT, Openssl, SERVER, type Signed } from './support/openssl';

/** Shorter than any version of Node accepts; the newest require 2048. */
const SHORT_RSA = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:768'];
const SIGNED_BY_NO_CA = 'is signed by a certificate that may not sign it';
const NOT_FOR_SERVERS = 'is not meant for servers, or was signed by a certificate that is not a CA';
const WEAK = 'The TLS of HOST is too weak';
const DEVICE = 'A device that inspects TLS may answer instead of HOST';

let openssl: Openssl;
let root: Signed;
let identity: IdentityFields;

beforeAll(() => {
	openssl = new Openssl();
	root = openssl.sign({ name: 'root', extensions: CA });
	const client = openssl.sign({ name: 'client', issuer: root, extensions: CLIENT });
	identity = {
		clientCertificate: openssl.read(client.certificate),
		privateKey: openssl.read(client.key),
		caCertificates: openssl.read(root.certificate),
	};
});
afterAll(() => {
	openssl.close();
});

/** The certificate of a server, and its intermediate certificates. */
interface Shown {
	server: Signed;
	above?: Signed[];
}

type Sign = Partial<Parameters<Openssl['sign']>[0]>;
const server = (more: Sign = {}): Signed => openssl.sign({ name: 'server', issuer: root, extensions: SERVER, ...more });
const below = (extensions: readonly string[], more: Sign = {}): Shown => {
	const issuer = openssl.sign({ name: 'intermediate', issuer: root, extensions, ...more });
	return { server: server({ issuer }), above: [issuer] };
};

/** Returns a certificate in whose signature the last byte is changed. */
function withWrongSignature(): Shown {
	const good = server();
	openssl.run('x509', '-in', good.certificate, '-outform', 'der', '-out', 'wrong.der');
	const bytes = openssl.bytes('wrong.der');
	bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
	openssl.write('wrong.der', bytes);
	openssl.run('x509', '-inform', 'der', '-in', 'wrong.der', '-out', 'wrong.crt');
	return { server: { key: good.key, certificate: 'wrong.crt' } };
}

function tooDeep(): Shown {
	const upper = openssl.sign({
		name: 'upper',
		issuer: root,
		extensions: ['basicConstraints = critical, CA:TRUE, pathlen:0', 'keyUsage = keyCertSign'],
	});
	const lower = openssl.sign({ name: 'lower', issuer: upper, extensions: CA });
	return { server: server({ issuer: lower }), above: [lower, upper] };
}

async function serve({ server: { key, certificate }, above = [] }: Shown) {
	const chain = [certificate, ...above.map((one) => one.certificate)].map((name) => openssl.read(name)).join('');
	// Without security level, like old servers; no client certificate is requested.
	const tls = { key: openssl.read(key), cert: chain, ciphers: 'DEFAULT:@SECLEVEL=0' };
	return await listening(createHttpsServer(tls, (_request, response) => response.end(TOKEN)));
}

const CASES: ReadonlyArray<[string, () => Shown, string, string]> = [
	[
		'for clients only',
		() => ({ server: server({ extensions: ['subjectAltName = DNS:localhost', ...CLIENT] }) }),
		NOT_FOR_SERVERS,
		'lacks serverAuth',
	],
	[
		'for signing code only',
		() => ({ server: server({ extensions: ['subjectAltName = DNS:localhost', 'extendedKeyUsage = codeSigning'] }) }),
		NOT_FOR_SERVERS,
		DEVICE,
	],
	['signed with SHA-1', () => ({ server: server({ digest: '-sha1' }) }), WEAK, 'SHA-256'],
	['a short RSA key', () => ({ server: server({ algorithm: SHORT_RSA }) }), WEAK, '2048 bits'],
	['a CA with a short RSA key', () => below(CA, { algorithm: SHORT_RSA }), WEAK, '2048 bits'],
	['a CA signed with SHA-1', () => below(CA, { digest: '-sha1' }), WEAK, 'SHA-256'],
	['below a certificate that is not a CA', () => below(['basicConstraints = CA:FALSE']), NOT_FOR_SERVERS, 'CA:TRUE'],
	['below a CA that may not sign', () => below([CA[0] ?? '', 'keyUsage = digitalSignature']), SIGNED_BY_NO_CA, DEVICE],
	['deeper than its CA allows', tooDeep, SIGNED_BY_NO_CA, DEVICE],
	[
		'of a CA for other names',
		() => below([...CA, 'nameConstraints = critical, permitted;DNS:example.org']),
		SIGNED_BY_NO_CA,
		'for this name',
	],
	['a wrong signature', withWrongSignature, 'The signature of the server certificate of HOST is wrong', 'same name'],
	[
		'an unknown extension',
		() => ({ server: server({ extensions: [...SERVER, '1.2.3.4.5 = critical, ASN1:UTF8:x'] }) }),
		'cannot be accepted',
		DEVICE,
	],
	[
		'another name',
		() => ({ server: server({ extensions: ['subjectAltName = DNS:another.example'] }) }),
		'The server certificate is not for HOST',
		DEVICE,
	],
	['self-signed', () => ({ server: server({ issuer: undefined }) }), 'is signed by a CA that n8n does not trust', 'CA'],
	[
		'expired',
		() => ({ server: server({ more: ['-days', '-1'] }) }),
		'The server certificate of HOST has expired',
		'clock',
	],
];

describe('an unacceptable server certificate is refused with the reason', () => {
	it.each(CASES)('%s', async (_name, make, message, advice) => {
		const { port, close } = await serve(make());
		try {
			const error = await failureOf(port, identity, 2);
			const host = `localhost:${port}`;
			expect(error.message).toContain(message.replace('HOST', host));
			expect(error.advice).toContain(advice.replace('HOST', host));
			expect(error).toMatchObject({ retry: false, answerLost: false, attempts: 1 });
		} finally {
			await close();
		}
	});

	it('a good one is accepted by the same client, below one CA and below two', async () => {
		const upper = openssl.sign({ name: 'upper', issuer: root, extensions: CA });
		const lower = openssl.sign({ name: 'lower', issuer: upper, extensions: CA });
		for (const [issuer, above] of [
			[root, []],
			[lower, [lower, upper]],
		] as const) {
			const { port, close } = await serve({ server: server({ issuer }), above: [...above] });
			try {
				expect(await askForToken(port, identity)).toHaveProperty('awsResources');
			} finally {
				await close();
			}
		}
	});
});

describe('revocation, with a Node that checks it', () => {
	/** Creates a revocation list with `openssl ca`, with or without the server's certificate. */
	function revocationList(revoked?: Signed): string {
		const section = 'database = index.txt\ndefault_md = sha256\ndefault_crl_days = 7\ncrlnumber = number';
		openssl.write('ca.cnf', `[ca]\ndefault_ca = own\n[own]\n${section}\n`);
		openssl.write('index.txt', '');
		openssl.write('number', '01\n');
		const by = ['-config', 'ca.cnf', '-keyfile', root.key, '-cert', root.certificate];
		if (revoked) openssl.run('ca', ...by, '-revoke', revoked.certificate);
		openssl.run('ca', ...by, '-gencrl', '-out', 'list.pem');
		return openssl.read('list.pem');
	}

	async function codeOf(shown: Signed, crl: string): Promise<string> {
		const tls = { key: openssl.read(shown.key), cert: openssl.read(shown.certificate) };
		const { port, close } = await listening(createTlsServer(tls, (socket) => socket.end()));
		try {
			return await new Promise<string>((resolve) => {
				const socket = connect({ port, host: 'localhost', ca: openssl.read(root.certificate), crl });
				socket.once('secureConnect', () => resolve('accepted')).once('error', (error) => resolve(failureCode(error)));
				socket.once('secureConnect', () => socket.destroy());
			});
		} finally {
			await close();
		}
	}

	it('a revoked certificate, a list of another CA, a list that does not name it', async () => {
		const shown = server();
		const own = revocationList();
		expect(await codeOf(shown, own)).toBe('accepted');
		const revoked = networkFailure(await codeOf(shown, revocationList(shown)), 'HOST');
		expect(revoked.message).toBe('The server certificate of HOST has been revoked');
		root = openssl.sign({ name: 'other', extensions: CA });
		const other = networkFailure(await codeOf(server(), own), 'HOST');
		expect(other.message).toBe('n8n cannot find out whether the server certificate of HOST has been revoked');
	});
});
