import { type Element, elementsIn, firstElement } from './der';

/** What a file really is, regardless of its label, and its bytes without anything that follows them. */
export interface Content {
	/** The label of RFC 7468 or OpenSSL, or a name of this package's own for a format without a PEM form. */
	label: string;
	der: Buffer;
}

/**
 * The outer SEQUENCE of each kind, as the tags of its elements, two levels deep: 02 INTEGER, 03 BIT STRING, 04 OCTET STRING, 06 OID,
 * 17 and 18 times, 30 SEQUENCE, a0 and a1 context-specific. From RFC 5280, 2986, 5208, 8017, 5915, 2315 and 7292.
 */
const SHAPES: ReadonlyArray<[RegExp, string]> = [
	[/^30\((a0 )?02 30 30 30 30 30[^)]*\) 30\([^)]*\) 03$/, 'CERTIFICATE'],
	[/^30\(02 30 30( a0)?\) 30\([^)]*\) 03$/, 'CERTIFICATE REQUEST'],
	[/^30\((02 )?30 30 1[78]/, 'X509 CRL'],
	[/^30\(06[^)]*\) 04$/, 'ENCRYPTED PRIVATE KEY'],
	[/^02 30\(06[^)]*\) 04/, 'PRIVATE KEY'],
	[/^02( 02){8}/, 'RSA PRIVATE KEY'],
	[/^02( 02){5}$/, 'DSA PRIVATE KEY'],
	[/^02 04( a0\([^)]*\))?( a1\([^)]*\))?$/, 'EC PRIVATE KEY'],
	[/^30\(06[^)]*\) 03$/, 'PUBLIC KEY'],
	[/^06 a0/, 'PKCS7'],
	[/^02 30\(06 a0\)/, 'PKCS12'],
];
const SEQUENCE = 0x30;
/** Files that are not DER, by their first bytes. */
const BEGINNINGS: ReadonlyArray<[Buffer, string]> = [
	[Buffer.from('openssh-key-v1\0'), 'OPENSSH PRIVATE KEY'],
	[Buffer.from('feedfeed', 'hex'), 'JAVA KEYSTORE'],
	[Buffer.from('cececece', 'hex'), 'JAVA KEYSTORE'],
];

/** Recognizes what the bytes are; returns undefined if the format is unknown or the file is incomplete. */
export function contentOf(bytes: Buffer): Content | undefined {
	const [, label] = BEGINNINGS.find(([beginning]) => bytes.subarray(0, beginning.length).equals(beginning)) ?? [];
	if (label !== undefined) return { label, der: bytes };
	const outer = firstElement(bytes);
	if (outer?.tag !== SEQUENCE) return undefined;
	const shape = shapeOf(outer);
	const [, known] = SHAPES.find(([pattern]) => pattern.test(shape)) ?? [];
	return known !== undefined && isEnd(bytes.subarray(outer.bytes.length), known)
		? { label: known, der: outer.bytes }
		: undefined;
}

/** Whether this may follow the content: the line break of an encoded file or, after a certificate, OpenSSL's trust settings (TRUSTED CERTIFICATE). */
function isEnd(rest: Buffer, label: string): boolean {
	if (/^[\r\n]{0,4}$/.test(rest.toString('latin1'))) return true;
	return label === 'CERTIFICATE' && firstElement(rest)?.bytes.length === rest.length;
}

function shapeOf(outer: Element): string {
	const tags = (elements: Element[]): string => elements.map(tagOf).join(' ');
	const inner = elementsIn(outer).slice(0, 12);
	return inner.map((one) => tagOf(one) + (one.tag & 0x20 ? `(${tags(elementsIn(one).slice(0, 12))})` : '')).join(' ');
}

function tagOf({ tag }: Element): string {
	return tag.toString(16).padStart(2, '0');
}

/** Returns the certificates of a PKCS#7 bundle in its order (RFC 2315, 9.1: ContentInfo > SignedData > certificates [0]). */
export function certificatesIn(pkcs7: Buffer): Buffer[] {
	const info = firstElement(pkcs7);
	const [, explicit] = info ? elementsIn(info) : [];
	const [signedData] = explicit ? elementsIn(explicit) : [];
	const set = signedData && elementsIn(signedData).find(({ tag }) => tag === 0xa0);
	const all = set ? elementsIn(set).map(({ bytes }) => bytes) : [];
	return all.filter((bytes) => contentOf(bytes)?.label === 'CERTIFICATE');
}
