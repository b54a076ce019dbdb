import { createCipheriv, createHash } from 'node:crypto';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { SandboxRequestError } from './request-error';
import type { FileCharset, FileRequest, SandboxSettings, StoredAs } from './types';

/** A generated file, before it is stored. */
export interface MadeFile {
	key: string;
	content: Buffer;
	contentType: string;
	/** Header `Content-Encoding`. */
	contentEncoding?: string;
	/** The content before compression. */
	unpacked?: Buffer;
}

/** Returns a generator of numbers in [0, 1); the same seed gives the same series (mulberry32, public domain). */
function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** Returns a UUID derived from the text only. */
function uuidOf(text: string): string {
	const hex = createHash('sha256').update(text).digest('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Time of the first measurement. Fixed, because a file's bytes must depend on its seed only. */
const START_MS = Date.UTC(2026, 0, 1, 6);
const FIVE_MINUTES_MS = 5 * 60 * 1000;

/** A blood glucose observation of about 900 bytes, in FHIR STU3's form (LOINC 15074-8, mmol/L). */
function observation(index: number, patient: string, random: () => number) {
	const value = Math.round((3.5 + random() * 10) * 10) / 10;
	const at = new Date(START_MS + index * FIVE_MINUTES_MS).toISOString();
	const id = uuidOf(`${patient}/${index}`);
	const loinc = { system: 'http://loinc.org', code: '15074-8', display: 'Glucose [Moles/volume] in Blood' };
	const category = { system: 'http://hl7.org/fhir/observation-category', code: 'laboratory' };
	return {
		fullUrl: `urn:uuid:${id}`,
		resource: {
			resourceType: 'Observation',
			id,
			meta: { versionId: '1', lastUpdated: at },
			identifier: [{ system: 'urn:example:sandbox:observation', value: `${patient}-${index}` }],
			status: 'final',
			category: [{ coding: [category] }],
			code: { coding: [loinc], text: 'Blood glucose' },
			subject: { reference: `urn:uuid:${patient}` },
			effectiveDateTime: at,
			valueQuantity: { value, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
			device: { display: 'Synthetic meter' },
			comment: random() < 0.1 ? 'vor dem Frühstück – synthetic' : 'synthetic',
		},
	};
}

function bundle(observations: number, seed: number): Buffer {
	const random = seeded(seed);
	const patient = uuidOf(`patient/${seed}`);
	const person = {
		resourceType: 'Patient',
		id: patient,
		identifier: [{ system: 'urn:example:sandbox:patient', value: `SandboxPat${seed}` }],
		name: [{ family: 'Synthetic', given: ['Sandbox'] }],
	};
	const readings = Array.from({ length: observations }, (_, index) => observation(index, patient, random));
	const entry = [{ fullUrl: `urn:uuid:${patient}`, resource: person }, ...readings];
	return Buffer.from(
		JSON.stringify({ resourceType: 'Bundle', id: uuidOf(`bundle/${seed}`), type: 'collection', entry }),
	);
}

function cdaReport(seed: number): Buffer {
	const random = seeded(seed);
	const mean = (5 + random() * 5).toFixed(1);
	return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
	<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
	<id root="${uuidOf(`cda/${seed}`)}"/>
	<code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summarization of Episode Note"/>
	<title>Blood glucose report (synthetic) – größer als null</title>
	<effectiveTime value="20260101060000+0000"/>
	<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
	<recordTarget>
		<patientRole>
			<id extension="SandboxPat${seed}" root="1.3.6.1.4.1.56221.1.3"/>
			<patient><name><given>Sandbox</given><family>Synthetic</family></name></patient>
		</patientRole>
	</recordTarget>
	<component><structuredBody><component><section>
		<title>Summary</title>
		<text>Mean blood glucose ${mean} mmol/L &lt; 13.5</text>
	</section></component></structuredBody></component>
</ClinicalDocument>
`);
}

/** Returns pseudo-random bytes that do not compress. The same size gives the same bytes. */
function bytes(size: number): Buffer {
	return createCipheriv('aes-256-ctr', Buffer.alloc(32, 7), Buffer.alloc(16)).update(Buffer.alloc(size));
}

function number(value: unknown, name: string): number {
	if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
	throw new SandboxRequestError(`${name} must be a whole number >= 0`);
}

/** Compression for each name in a `Content-Encoding` header. Other names do not change the file. */
const PACKERS: Readonly<Record<string, (content: Buffer) => Buffer>> = {
	gzip: (content) => gzipSync(content),
	deflate: (content) => deflateSync(content),
	br: (content) => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
};

/** Applies character encoding and compression to a generated file. */
function stored(made: MadeFile, { contentEncoding, charset }: StoredAs): MadeFile {
	const { content, contentType } = charset === undefined ? made : inCharset(made, charset);
	if (contentEncoding === undefined) return { ...made, content, contentType };
	const packers = contentEncoding.split(',').flatMap((name) => PACKERS[name.trim()] ?? []);
	const packed = packers.reduce((bytes, pack) => pack(bytes), content);
	return { ...made, content: packed, contentType, contentEncoding, unpacked: content };
}

/** Encodes a file. Characters outside the encoding are written as XML references or JSON escapes. */
function inCharset({ content, contentType }: MadeFile, charset: FileCharset) {
	const isXml = contentType.includes('xml');
	const named = content.toString('utf8').replace('encoding="UTF-8"', () => `encoding="${charset.toUpperCase()}"`);
	const escaped = named.replaceAll(/[^\0-\xff]/g, (sign) =>
		isXml ? `&#${sign.charCodeAt(0)};` : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
	const bytes = charset === 'utf-16' ? Buffer.from(`\ufeff${named}`, 'utf16le') : Buffer.from(escaped, 'latin1');
	return { content: bytes, contentType: isXml ? contentType : `${contentType}; charset=${charset}` };
}

/**
 * Generates a file. All persons and readings are synthetic.
 *
 * @param settings defaults for `contentEncoding` and `charset` of bundles and reports
 * @throws SandboxRequestError for a request of an unknown kind or with a wrong size
 */
export function makeFile(request: FileRequest, settings: Partial<SandboxSettings> = {}): MadeFile {
	const made = contentOf(request);
	if (request.kind === 'content') return { ...made, contentEncoding: request.contentEncoding };
	const { contentEncoding, charset } = request.kind === 'bytes' ? request : { ...setIn(settings), ...request };
	return stored(made, { contentEncoding, charset });
}

function setIn({ contentEncoding, charset }: Partial<SandboxSettings>): StoredAs {
	return { contentEncoding: contentEncoding ?? undefined, charset: charset ?? undefined };
}

function contentOf(request: FileRequest): MadeFile {
	const { kind } = request;
	switch (kind) {
		case 'bundle': {
			const count = number(request.observations, 'observations');
			const seed = request.seed ?? 1;
			const key = request.key ?? `delivery/clinical-data/bg-${count}-${seed}.json`;
			return { key, content: bundle(count, seed), contentType: 'application/json' };
		}
		case 'cda': {
			const seed = request.seed ?? 1;
			const key = request.key ?? `delivery/2291405/cda/report-${seed}.xml`;
			return { key, content: cdaReport(seed), contentType: 'application/xml' };
		}
		case 'content':
			return { ...request, content: Buffer.from(request.base64, 'base64') };
		case 'bytes': {
			const content = bytes(number(request.size, 'size'));
			return { key: request.key, content, contentType: 'application/octet-stream' };
		}
		default:
			throw new SandboxRequestError(`Unknown kind of file: ${JSON.stringify(kind satisfies never)}`);
	}
}
