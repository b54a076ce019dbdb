import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import fc from 'fast-check';
import { type IdentityFields, readClientIdentity } from '../../../nodes/shared/partners-services/client-identity';
import { armour, PASSPHRASE } from '../support/identity-samples';
import { changedBytes, type Field, makeSamples, partsOf, PEM_FIELDS, type Sample } from './support/credentials';
import { leaksOf, outcomeOf } from './support/outcome';
import { pastedPem } from './support/pasted-pem';
import { anyText, changedText, PROTOTYPE_NAMES } from './support/texts';

const OTHER_PASSPHRASE = 'Geheim-7f3a9c51e0b2d486';
const LABELS = [
	...['CERTIFICATE', 'TRUSTED CERTIFICATE', 'CERTIFICATE REQUEST', 'PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY'],
	...[
		'DSA PRIVATE KEY',
		'ENCRYPTED PRIVATE KEY',
		'OPENSSH PRIVATE KEY',
		'PUBLIC KEY',
		'PKCS7',
		'X509 CRL',
		'A',
		' ',
		'a',
	],
];
const PIECES = [
	...[
		'-----',
		'-',
		'-----BEGIN ',
		'BEGIN',
		'END ',
		'-----END CERTIFICATE-----',
		'-----BEGIN PRIVATE KEY-----',
		'=',
		'==',
	],
	...['\\n', '\n', '\r', ' ', '\t', '"', "'", '\\', '\0', '\ufffd', '\ufeff', '—', 'A', '/', '+', '_', 'ä', '\ud800'],
	...['Proc-Type: 4,ENCRYPTED\n', 'DEK-Info: AES-256-CBC,', 'DEK-Info: AES-1-CBC,0123456789ABCDEF0123456789ABCDEF\n\n'],
	...LABELS,
	...PROTOTYPE_NAMES,
];
const FIELDS: Field[] = [...PEM_FIELDS, 'passphrase'];

let samples: Sample[];
let secrets: string[];

beforeAll(async () => {
	samples = await makeSamples();
	const keys = samples.flatMap(({ keyBlocks }) => keyBlocks.map((block) => partsOf(block).base64));
	// The parameters of a curve are public.
	secrets = [...keys.filter((base64) => base64.length > 100), PASSPHRASE, OTHER_PASSPHRASE];
	expect(secrets).toHaveLength(samples.length + 2);
});

const anySample = () => fc.constantFrom(...samples);
const shuffled = (blocks: readonly string[]) => fc.shuffledSubarray([...blocks], { minLength: blocks.length });
/** The CAs are a set: their order depends on the field. */
const read = (fields: IdentityFields) => {
	const { authorities, ...identity } = readClientIdentity(fields);
	return { ...identity, authorities: [...authorities].sort() };
};

/** The fields with another value in one of them. */
const withField = (field: Field, values: (sample: Sample) => fc.Arbitrary<string>) =>
	anySample().chain((sample) => values(sample).map((value) => ({ ...sample.fields, [field]: value })));

/** Asserts that any fields result in an identity that TLS can use, or in an error that reveals nothing. */
function isUsedOrRefused(fields: IdentityFields): void {
	const outcome = outcomeOf(() => readClientIdentity(fields));
	if (outcome.kind === 'refused') {
		for (const secret of secrets) expect(leaksOf(outcome.error, secret)).toEqual([]);
		return;
	}
	const { certificateChain, privateKey, authorities, expiresAt } = outcome.value;
	// TLS accepts any text as a CA, and then trusts nothing.
	for (const authority of authorities) new X509Certificate(authority);
	createSecureContext({ cert: certificateChain, key: privateKey, ca: authorities });
	expect(new X509Certificate(certificateChain).checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
	// An invalid date is NaN, which is not greater than any number.
	expect(expiresAt.getTime()).toBeGreaterThan(Date.now());
}

describe('a certificate and its key that were damaged before they were pasted', () => {
	it('are still the same identity, whatever the combination of damage', () => {
		const pasted = anySample().chain((sample) => {
			const { certificates, keyBlocks, authorities } = sample;
			// Certificates and key may be in one file.
			const files = [keyBlocks, [...certificates, ...keyBlocks], [...keyBlocks, ...certificates]];
			return fc.record({
				sample: fc.constant(sample),
				clientCertificate: pastedPem(shuffled(certificates)),
				privateKey: pastedPem(fc.constantFrom(...files)),
				caCertificates: pastedPem(shuffled(authorities)),
			});
		});
		const property = fc.property(pasted, ({ sample, ...fields }) => {
			expect(read({ ...sample.fields, ...fields })).toEqual(read(sample.fields));
		});
		fc.assert(property, { numRuns: 400 });
	});
});

describe('any value in a field of the credential', () => {
	it.each(FIELDS)('any text in %s is used or refused, and no secret is revealed', (field) => {
		const composed = fc.array(fc.oneof(fc.constantFrom(...PIECES), anyText)).map((all) => all.join(''));
		const property = fc.property(
			withField(field, () => fc.oneof(anyText, composed)),
			isUsedOrRefused,
		);
		fc.assert(property, { numRuns: 250 });
	});

	it.each(FIELDS)('%s changed, cut off, with another label or in the wrong place', (field) => {
		const values = ({ fields, keyBlocks }: Sample) => {
			const text = fields[field];
			const place = fc.nat({ max: text.length });
			const label = fc.constantFrom(...LABELS);
			return fc.oneof(
				changedText(text, PIECES),
				place.map((end) => text.slice(0, end)),
				place.map((start) => text.slice(start)),
				label.map((other) => armour(other, partsOf(keyBlocks.at(-1) ?? '').base64)),
				label.map((other) => text.replaceAll(/(BEGIN|END) [A-Z ]+/g, `$1 ${other}`)),
				fc.constantFrom(...Object.values(fields), Object.values(fields).join('')),
			);
		};
		fc.assert(fc.property(withField(field, values), isUsedOrRefused), { numRuns: 250 });
	});

	it('another passphrase is refused without being repeated', () => {
		const passphrase = changedText(OTHER_PASSPHRASE, PIECES);
		const property = fc.property(
			withField('passphrase', () => passphrase),
			isUsedOrRefused,
		);
		fc.assert(property, { numRuns: 200 });
	});

	it('a certificate with other bytes in it', () => {
		const values = ({ certificates: [leaf = '', ...issuers] }: Sample) =>
			changedBytes(leaf).map((base64) => armour('CERTIFICATE', base64) + issuers.join(''));
		fc.assert(fc.property(withField('clientCertificate', values), isUsedOrRefused), { numRuns: 300 });
	});

	it('a key with other bytes in it', () => {
		const values = ({ keyBlocks }: Sample) => {
			const { label, base64 } = partsOf(keyBlocks.at(-1) ?? '');
			// The text before the base64, such as the headers of an encrypted key, is kept.
			const [before = ''] = (keyBlocks.at(-1) ?? '').split(base64.slice(0, 64));
			return changedBytes(keyBlocks.at(-1) ?? '').map((changed) => `${before}${changed}\n-----END ${label}-----\n`);
		};
		fc.assert(fc.property(withField('privateKey', values), isUsedOrRefused), { numRuns: 300 });
	});

	it('a CA certificate with other bytes in it', () => {
		const values = ({ authorities: [first = '', second = ''] }: Sample) =>
			changedBytes(first).map((base64) => armour('CERTIFICATE', base64) + second);
		fc.assert(fc.property(withField('caCertificates', values), isUsedOrRefused), { numRuns: 200 });
	});
});
