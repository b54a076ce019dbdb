import type { KeyObject } from 'node:crypto';
import { DEMO_HOST, LIVE_HOST, S3_HOSTS } from './hosts';
import { certify, ecdsaKeys, inDays, privateKeyOf, privateKeyPem, rsaKeys, type Certified } from './pki';
import type { BadServerCertificate, ClientIdentity, IdentityName } from './types';

/** Key, certificates and trusted CAs of one TLS server, all PEM. */
export interface ServerIdentity {
	key: string;
	/** The server's own certificate. */
	cert: string;
	/** Intermediate CAs between the certificate and the root. A server may omit them. */
	intermediates: string;
	/** CAs that sign client certificates (API server only). */
	clientCa: string;
	/** CAs that a client must trust to reach the server. */
	caBundle: string;
}

export interface Identities {
	api: ServerIdentity;
	s3: ServerIdentity;
	client: ClientIdentity;
	others: Record<IdentityName, ClientIdentity>;
}

/** The flaw of each server certificate that no client accepts. */
const BAD_SERVER: Record<BadServerCertificate, () => Partial<Parameters<typeof certify>[0]>> = {
	clientOnly: () => ({ usage: 'client' }),
	otherName: () => ({ hosts: ['another.example'] }),
	expired: () => ({ notBefore: inDays(-30), notAfter: inDays(-1) }),
	notYetValid: () => ({ notBefore: inDays(2), notAfter: inDays(30) }),
};

/** Passphrase of the encrypted keys. The space and the special characters reveal code that trims or escapes it. */
const PASSPHRASE = 'sandbox päss phrase$';

/** Subject of a certificate that Roche signs: the CN is an e-mail address with the environment's code (Roche's guide). */
const clientSubject = (organization: string) => `CN=_EMAIL.demo@${organization}.example.org, O=${organization}, C=CH`;

/**
 * Creates all keys and certificates of one sandbox. As at Roche, the chain of the API server's certificate has a private root and two
 * intermediates, and client certificates come from an issuing CA below the same root. A separate CA represents the public CAs of S3.
 */
export async function makeIdentities(bad?: BadServerCertificate): Promise<Identities> {
	const [rootKeys, firstKeys, secondKeys, issuingKeys, serverKeys] = await fiveRsaKeys();
	const root = await certify({ subject: 'CN=Sandbox DC Global Digital Root CA', keys: rootKeys, usage: 'ca' });
	const authority = async (subject: string, keys: typeof rootKeys, issuer: Certified) =>
		await certify({ subject, keys, issuer, usage: 'ca' });
	const first = await authority('CN=Sandbox DC Global Intermediate CA 1', firstKeys, root);
	const second = await authority('CN=Sandbox DC Global Intermediate CA 2', secondKeys, first);
	const issuing = await authority('CN=Sandbox DC Partners Client CA', issuingKeys, root);
	const server = await certify({
		subject: `CN=${DEMO_HOST}`,
		keys: serverKeys,
		issuer: second,
		usage: 'server',
		hosts: [DEMO_HOST, LIVE_HOST, 'localhost', '127.0.0.1'],
		...(bad && BAD_SERVER[bad]()),
	});
	const [s3, { client, others }] = await Promise.all([makeS3Identity(), makeClients(issuing)]);
	return {
		api: {
			key: await privateKeyPem(serverKeys),
			cert: server.pem,
			intermediates: second.pem + first.pem,
			clientCa: root.pem + issuing.pem,
			caBundle: root.pem + first.pem + second.pem,
		},
		s3,
		client,
		others,
	};
}

type RsaKeys = Awaited<ReturnType<typeof rsaKeys>>;

/** Generates keys in parallel: one after the other they would take most of the start-up time. */
async function fiveRsaKeys(): Promise<[RsaKeys, RsaKeys, RsaKeys, RsaKeys, RsaKeys]> {
	return await Promise.all([rsaKeys(), rsaKeys(), rsaKeys(), rsaKeys(), rsaKeys()]);
}

async function makeS3Identity(): Promise<ServerIdentity> {
	const [caKeys, serverKeys] = await Promise.all([ecdsaKeys(), ecdsaKeys()]);
	const ca = await certify({ subject: 'CN=Sandbox Public Web CA', keys: caKeys, usage: 'ca' });
	const server = await certify({
		subject: 'CN=*.s3.us-east-1.amazonaws.com',
		keys: serverKeys,
		issuer: ca,
		usage: 'server',
		hosts: S3_HOSTS,
	});
	return { key: await privateKeyPem(serverKeys), cert: server.pem, intermediates: '', clientCa: '', caBundle: ca.pem };
}

async function makeClients(issuing: Certified) {
	const [goodKeys, badKeys, formKeys, chainedKeys, refusedKeys] = await fiveRsaKeys();
	const [ecKeys, subKeys, unknownKeys] = await Promise.all([ecdsaKeys(), ecdsaKeys(), ecdsaKeys()]);
	const unknown = await certify({ subject: 'CN=Some Other CA', keys: unknownKeys, usage: 'ca' });
	const sub = await certify({ subject: 'CN=Sandbox DC Partners Sub CA', keys: subKeys, issuer: issuing, usage: 'ca' });
	const sign = async (keys: RsaKeys, organization: string, more: Partial<Parameters<typeof certify>[0]> = {}) =>
		await certify({ subject: clientSubject(organization), keys, issuer: issuing, usage: 'client', ...more });

	const good = await sign(goodKeys, 'clinic');
	const form = await sign(formKeys, 'forms');
	const chained = await sign(chainedKeys, 'chained', { issuer: sub });
	const plain = async ({ keys, pem }: Certified) => identity(pem, await privateKeyPem(keys));
	const chainedKey = await privateKeyPem(chainedKeys);
	return {
		client: await plain(good),
		others: {
			expired: await plain(await sign(badKeys, 'expired', { notBefore: inDays(-30), notAfter: inDays(-1) })),
			expiresSoon: await plain(await sign(badKeys, 'soon', { notAfter: inDays(10) })),
			notYetValid: await plain(await sign(badKeys, 'future', { notBefore: inDays(2), notAfter: inDays(30) })),
			wrongCa: await plain(await sign(badKeys, 'stranger', { issuer: unknown })),
			serverAuthOnly: await plain(await sign(badKeys, 'server', { usage: 'server' })),
			refused: await plain(await sign(refusedKeys, 'refused')),
			ecdsa: await plain(await sign(ecKeys, 'ecdsa')),
			...keyForms(form.pem, await privateKeyOf(formKeys)),
			chained: identity(chained.pem + sub.pem, chainedKey),
			reversedChain: identity(sub.pem + chained.pem, chainedKey),
		},
	};
}

function identity(clientCertificate: string, privateKey: string | Buffer, passphrase = ''): ClientIdentity {
	return { clientCertificate, privateKey: privateKey.toString(), passphrase };
}

/** Returns identities with the same certificate and key, in the PEM forms that OpenSSL has written over the years. */
function keyForms(certificate: string, key: KeyObject) {
	const cipher = { cipher: 'aes-256-cbc', passphrase: PASSPHRASE, format: 'pem' } as const;
	return {
		encrypted: identity(certificate, key.export({ ...cipher, type: 'pkcs8' }), PASSPHRASE),
		pkcs1: identity(certificate, key.export({ format: 'pem', type: 'pkcs1' })),
		encryptedPkcs1: identity(certificate, key.export({ ...cipher, type: 'pkcs1' }), PASSPHRASE),
	};
}
