import { InvalidInputError } from '../errors/invalid-input-error';
import { firstElement } from './der';
import { foreignFormat } from './foreign-formats';
import { withoutEscapes } from './pasted-text';
import { readBody } from './pem-body';
import { type Content, certificatesIn, contentOf } from './pem-content';

/** One PEM block. */
export interface PemBlock {
	/** The kind, such as `CERTIFICATE`: recognized from the content if possible, otherwise the words after BEGIN. */
	label: string;
	/** The block in canonical form: RFC 7468 armour, 64 columns, LF. */
	pem: string;
	/** Whether it is a key that needs a passphrase. */
	encrypted: boolean;
}

/** A BEGIN or END line with at least one dash left on each side. Bounded, so that megabytes are searched quickly. */
const MARKER = /-\s{0,9}(BEGIN|END)\s{0,9}([A-Z0-9#][A-Z0-9#\s]{0,63}?)\s{0,9}-/g;
/** An intact beginning of a BEGIN line; each one must have become a part. */
const BEGINNING = /-----\s{0,9}BEGIN\s/g;
/** Labels that OpenSSL needs to read an encrypted key, and that are recognized even if their spaces were lost. */
const LABELS = ['RSA PRIVATE KEY', 'EC PRIVATE KEY', 'DSA PRIVATE KEY', 'PRIVATE KEY', 'CERTIFICATE'];
/** Characters that PEM never contains: the field contains a DER or PKCS#12 file. */
const BINARY = /[\u0000-\u0008\u000e-\u001f\ufffd]/;
/** A file in base64 that begins with "-----BEGIN", as in a Kubernetes secret. */
const ENCODED = /LS0tLS1CRUdJTi[A-Za-z0-9+/\s]+/g;
/** Decoded content that may itself be base64. */
const ONLY_BASE64 = /^[A-Za-z0-9+/=\s]{64,}$/;
/** The beginning of a data URL, or a key as in YAML. */
const LEAD = /^\s{0,99}(?:data:[\w/+.;=-]{0,99},|[\w.-]{1,60}:\s)/;
/** Most levels of base64 around a file that are decoded. */
const DEEPEST = 3;

/**
 * Finds the PEM blocks in what a user pasted, and repairs what happened to them on the way: lost line breaks, escapes and quotes
 * (`withoutEscapes`), a label that does not match its content, a file in base64 as a whole or without armour, a PKCS#7 bundle instead of its
 * certificates.
 * @param field the field's label, for the error
 * @param text what was pasted
 * @throws InvalidInputError when there is no block, or a block is cut off or damaged
 */
export function readPemBlocks(field: string, text: string): PemBlock[] {
	const blocks = blocksIn(field, text, 0);
	if (blocks.length > 0) return blocks;
	throw foreignFormat(field, text) ?? notPem(field, BINARY.test(text) ? 'contains binary data' : 'is not PEM');
}

function blocksIn(field: string, text: string, depth: number): PemBlock[] {
	const unescaped = withoutEscapes(text);
	const { parts, begun } = armouredParts(unescaped);
	if (begun > parts.length) throw cutOff(field);
	const blocks = parts.flatMap((part) => readBlock(field, part, depth));
	return blocks.length > 0 ? blocks : withoutArmour(field, text, unescaped, depth);
}

/** What is between a BEGIN line and the END line after it. */
interface ArmouredPart {
	label: string;
	/** The labels of BEGIN and END differ: two files may have been merged. */
	mixed: boolean;
	body: string;
}

function armouredParts(text: string): { parts: ArmouredPart[]; begun: number } {
	const parts: ArmouredPart[] = [];
	let begin: { label: string; at: number } | undefined;
	for (const { index, 0: marker, 1: kind, 2: words = '' } of text.matchAll(MARKER)) {
		const label = canonicalLabel(words);
		if (kind === 'BEGIN') {
			begin = { label, at: index + marker.length };
			continue;
		}
		if (begin) parts.push({ label: begin.label, mixed: begin.label !== label, body: text.slice(begin.at, index) });
		begin = undefined;
	}
	return { parts, begun: [...text.matchAll(BEGINNING)].length };
}

function canonicalLabel(words: string): string {
	const letters = words.replaceAll(/\s/g, '');
	return LABELS.find((label) => label.replaceAll(' ', '') === letters) ?? words.replaceAll(/\s+/g, ' ');
}

function readBlock(field: string, { label, mixed, body }: ArmouredPart, depth: number): PemBlock[] {
	const { headers, bytes, content, strange } = readBody(body);
	if (content) return blocksOf(content);
	if (mixed) throw cutOff(field);
	// certutil puts its armour around any file, even one that is already PEM.
	if (bytes.includes('-----BEGIN ') && depth < DEEPEST) return blocksIn(field, bytes.toString('latin1'), depth + 1);
	if (strange && !isForeign(label)) {
		throw new InvalidInputError(
			field,
			`${field} is damaged: the block "${label}" contains characters that are not base64`,
			'Paste the file again, unchanged.',
		);
	}
	const encrypted = headers.length > 0 || label.startsWith('ENCRYPTED');
	// OpenSSL would accept a key that is followed by other bytes, and read a different key than the original. Such a block is emptied.
	const isWhole = headers.length > 0 || firstElement(bytes)?.bytes.length === bytes.length;
	return [{ label, pem: armour(label, headers, isWhole ? bytes : Buffer.alloc(0)), encrypted }];
}

/** Whether a block is of a kind that is not usable here: the error names it, so its content is not checked. */
function isForeign(label: string): boolean {
	return /^(PGP|SSH2|OPENSSH) /.test(label);
}

function blocksOf({ label, der }: Content): PemBlock[] {
	const certificates = label === 'PKCS7' ? certificatesIn(der) : [];
	if (certificates.length > 0) return certificates.flatMap((bytes) => blocksOf({ label: 'CERTIFICATE', der: bytes }));
	return [{ label, pem: armour(label, [], der), encrypted: label === 'ENCRYPTED PRIVATE KEY' }];
}

function armour(label: string, headers: string[], bytes: Buffer): string {
	const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
	return [`-----BEGIN ${label}-----`, ...headers, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** Reads a file without armour: binary, or in base64. */
function withoutArmour(field: string, text: string, unescaped: string, depth: number): PemBlock[] {
	const { bytes, content } = readBody(unescaped.replace(LEAD, ''));
	const found = content ?? contentOf(Buffer.from(text, 'latin1'));
	if (found) return blocksOf(found);
	if (depth >= DEEPEST) return [];
	const encoded = [...unescaped.matchAll(ENCODED)].map(([run]) => Buffer.from(run, 'base64'));
	const files = bytes.includes('-----BEGIN ') || ONLY_BASE64.test(bytes.toString('latin1')) ? [bytes] : encoded;
	return files.flatMap((file) => blocksIn(field, file.toString('latin1'), depth + 1));
}

function cutOff(field: string): InvalidInputError {
	return new InvalidInputError(
		field,
		`${field} is cut off: a BEGIN line has no matching END line`,
		'Paste the whole file, from the first "-----BEGIN" to the last "-----END ...-----".',
	);
}

function notPem(field: string, problem: string): InvalidInputError {
	return new InvalidInputError(
		field,
		`${field} ${problem}: it has no "-----BEGIN ...-----" block`,
		'Paste the text of a PEM file. Convert a .p12 or .pfx file with "openssl pkcs12 -in FILE.p12 -clcerts -nokeys" (certificate) and "openssl pkcs12 -in FILE.p12 -nocerts -nodes" (key), a .der or .cer file with "openssl x509 -inform der -in FILE".',
	);
}
