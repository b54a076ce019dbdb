import { InvalidInputError } from '../errors/invalid-input-error';

/** One armoured block of a PEM text. */
export interface PemBlock {
	/** The words after BEGIN, such as `CERTIFICATE`. */
	label: string;
	/** The block in canonical form: RFC 7468 armour, 64 columns, LF. */
	pem: string;
	/** Whether the key in it needs a passphrase. */
	encrypted: boolean;
}

/** A BEGIN or END line. Bounded, so that a text of megabytes is looked through in no time, whatever it is. */
const MARKER = /-----\s{0,9}(BEGIN|END) ([A-Z0-9 ]{1,64}?)\s{0,9}-----/g;
const BEGINNING = /-----\s{0,9}BEGIN /g;
/** RFC 1421 headers of an encrypted PKCS#1 key; the IV's length depends on the cipher, which matters when line breaks are gone. */
const ENCRYPTION_HEADERS =
	/^\s*Proc-Type:\s*4,\s*ENCRYPTED\s*DEK-Info:\s*((?:AES-\d+-CBC),\s*[0-9A-F]{32}|(?:DES(?:-EDE3)?-CBC),\s*[0-9A-F]{16})/i;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** Bytes that no PEM text has: the field holds a DER or PKCS#12 file. */
const BINARY = /[\u0000-\u0008\u000e-\u001f\ufffd]/;

/**
 * Cuts the PEM blocks out of what a user pasted, and repairs what single-line fields, JSON and editors do to them:
 * line breaks turned to spaces, to a literal \n or removed, CRLF, indentation, quotes, a BOM, text around the blocks.
 * @param field the field's label, for the error
 * @param text what was pasted
 * @throws InvalidInputError when there is no block, or a block is cut off or damaged
 */
export function readPemBlocks(field: string, text: string): PemBlock[] {
	const unescaped = text.replaceAll(/\\r\\n|\\n|\\r/g, '\n');
	const blocks = armouredParts(unescaped).map(({ label, body }) => readBlock(field, label, body));
	if ([...unescaped.matchAll(BEGINNING)].length !== blocks.length) {
		throw new InvalidInputError(
			field,
			`${field} is cut off: a BEGIN line has no END line that fits`,
			'Paste the whole file, from the first "-----BEGIN" to the last "-----END ...-----".',
		);
	}
	if (blocks.length === 0) throw notPem(field, BINARY.test(text) ? 'holds binary data' : 'is not PEM');
	return blocks;
}

/** What is between each BEGIN line and the END line behind it, when both have the same label. */
function armouredParts(text: string): Array<{ label: string; body: string }> {
	const parts: Array<{ label: string; body: string }> = [];
	let begun: { label: string; at: number } | undefined;
	for (const { index, 0: marker, 1: kind, 2: label = '' } of text.matchAll(MARKER)) {
		if (kind === 'BEGIN') {
			begun = { label, at: index + marker.length };
			continue;
		}
		if (begun?.label === label) parts.push({ label, body: text.slice(begun.at, index) });
		begun = undefined;
	}
	return parts;
}

function readBlock(field: string, label: string, body: string): PemBlock {
	const unquoted = body.replaceAll(/["']/g, '');
	const cipher = ENCRYPTION_HEADERS.exec(unquoted);
	const base64 = unquoted.slice(cipher?.[0].length ?? 0).replaceAll(/\s/g, '');
	if (!BASE64.test(base64)) {
		throw new InvalidInputError(
			field,
			`${field} is damaged: the block "${label}" holds characters that base64 does not have`,
			'Paste the file again, unchanged.',
		);
	}
	const headers = cipher ? ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${(cipher[1] ?? '').replaceAll(/\s/g, '')}`, ''] : [];
	const lines = [`-----BEGIN ${label}-----`, ...headers, ...(base64.match(/.{1,64}/g) ?? []), `-----END ${label}-----`];
	return { label, pem: `${lines.join('\n')}\n`, encrypted: cipher !== null || label === 'ENCRYPTED PRIVATE KEY' };
}

function notPem(field: string, problem: string): InvalidInputError {
	return new InvalidInputError(
		field,
		`${field} ${problem}: no "-----BEGIN ...-----" block is in it`,
		'Paste the text of a PEM file. A .p12 or .pfx file is converted by "openssl pkcs12 -in FILE.p12 -clcerts -nokeys" (certificate) and "openssl pkcs12 -in FILE.p12 -nocerts -nodes" (key), a .der or .cer file by "openssl x509 -inform der -in FILE".',
	);
}
