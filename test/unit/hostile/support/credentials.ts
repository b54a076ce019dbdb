import fc from 'fast-check';
import type { IdentityFields } from '../../../../nodes/shared/partners-services/client-identity';
import {
	encryptedPkcs1,
	encryptedPkcs8,
	makeAuthority,
	makeEcIdentity,
	makeIdentity,
	PASSPHRASE,
	pkcs1,
	sec1,
} from '../../support/identity-samples';

export type Field = keyof IdentityFields;
export const PEM_FIELDS = ['clientCertificate', 'privateKey', 'caCertificates'] as const;

/** The content of a credential, complete and in parts. */
export interface Sample {
	fields: Required<IdentityFields>;
	certificates: string[];
	keyBlocks: string[];
	authorities: string[];
}

const EC_PARAMETERS = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';

/** Creates a chain of three with every form of key. */
export async function makeSamples(): Promise<[Sample, ...Sample[]]> {
	const root = await makeAuthority('CN=Root');
	const first = await makeAuthority('CN=Intermediate 1', root);
	const second = await makeAuthority('CN=Intermediate 2', first);
	const [rsa, ec] = await Promise.all([makeIdentity(second), makeEcIdentity(second)]);
	const authorities = [root.pem, (await makeAuthority('CN=Other')).pem];
	const sample = (leaf: string, keyBlocks: string[], passphrase = ''): Sample => {
		const certificates = [leaf, second.pem, first.pem];
		const [clientCertificate, privateKey, caCertificates] = [certificates, keyBlocks, authorities].map((all) =>
			all.join(''),
		) as [string, string, string];
		return {
			fields: { clientCertificate, privateKey, passphrase, caCertificates },
			certificates,
			keyBlocks,
			authorities,
		};
	};
	return [
		sample(rsa.certificate, [rsa.keyPem]),
		sample(rsa.certificate, [pkcs1(rsa.key)]),
		sample(rsa.certificate, [encryptedPkcs8(rsa.key)], PASSPHRASE),
		sample(rsa.certificate, [encryptedPkcs1(rsa.key)], PASSPHRASE),
		sample(rsa.certificate, [encryptedPkcs1(rsa.key, 'des-ede3-cbc')], PASSPHRASE),
		sample(ec.certificate, [ec.keyPem]),
		sample(ec.certificate, [EC_PARAMETERS, sec1(ec.key)]),
	];
}

/** Returns a block's label, and its base64 without the headers of an encrypted PKCS#1 key. */
export function partsOf(block: string): { label: string; base64: string } {
	const [, label = '', body = ''] = /^-----BEGIN ([A-Z ]+)-----\n(.*?)-----END/s.exec(block) ?? [];
	return { label, base64: body.replaceAll(/^.*:.*$/gm, '').replaceAll('\n', '') };
}

/** A block in which up to three bytes are changed. */
export function changedBytes(block: string): fc.Arbitrary<string> {
	const der = Buffer.from(partsOf(block).base64, 'base64');
	// The dates (two UTCTimes) are only a few of the bytes, and messages about a certificate depend on them.
	const dates = der.indexOf(Buffer.from('170d', 'hex'));
	const anywhere = fc.nat({ max: der.length - 1 });
	const at = dates < 0 ? anywhere : fc.oneof(anywhere, fc.integer({ min: dates, max: dates + 29 }));
	const changes = fc.array(fc.tuple(at, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 3 });
	return changes.map((all) => {
		const changed = Buffer.from(der);
		for (const [index, byte] of all) changed[index] = byte;
		return changed.toString('base64');
	});
}
