import type { Tokenizer, TokenType } from '@streamparser/json';
import { InvalidInputError } from '../errors/invalid-input-error';
import { isRecord } from '../formats/is-record';
import { ByteWindow } from './byte-window';

/** An entry of a bundle; its URL and resource are the bytes that were received. */
export interface BundleEntry {
	/** From 0, in the whole bundle. */
	position: number;
	/** JSON, with its quotes; undefined if the entry has none. */
	fullUrl?: Buffer;
	/** JSON of the resource. */
	resource: Buffer;
	type: string;
	id?: unknown;
	/** Element `identifier`, whatever its type. */
	identifier?: unknown;
}

/** Maximum size of everything beside the entries (links, metadata, whitespace), in bytes; nobody sends a bundle with more. */
const MOST_BESIDE_ENTRIES = 64 * 1024 * 1024;
/** Nesting depths: in the bundle, in its list of entries, in an entry. */
const IN_BUNDLE = 1;
const IN_ENTRIES = 2;
const IN_ENTRY = 3;
/** Replaces an entry in the rest of the bundle, which is kept without its entries. */
const PLACEHOLDER = '0';
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * Reads the entries of a FHIR bundle of any version from a stream. Only one entry, one chunk and what lies beside the entries are in
 * memory. Entries without a resource are skipped. Whether the file is a bundle is known only at its end.
 * @throws InvalidInputError if the file is not a bundle, or a resource has no type; its text contains nothing of the file
 */
export async function* readBundle(content: AsyncIterable<Buffer>): AsyncGenerator<BundleEntry> {
	const { Tokenizer, TokenType } = await import('../wire/vendor/streamparser');
	const reader = new BundleReader(new Tokenizer({ stringBufferSize: 64 * 1024 }), TokenType);
	for await (const chunk of withoutMark(content)) yield* reader.read(chunk);
	reader.end();
}

async function* withoutMark(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	let beginning: Buffer | undefined = Buffer.alloc(0);
	for await (const chunk of content) {
		if (beginning === undefined) {
			yield chunk;
			continue;
		}
		beginning = Buffer.concat([beginning, chunk]);
		if (beginning.length < BYTE_ORDER_MARK.length) continue;
		yield beginning.subarray(beginning.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0);
		beginning = undefined;
	}
	if (beginning !== undefined) yield beginning;
}

/** Start and end of a value, in bytes of the stream. */
interface Span {
	from: number;
	to: number;
}

class BundleReader {
	private readonly window = new ByteWindow();
	/** Entries found in the current chunk. */
	private found: BundleEntry[] = [];
	/** The bundle without its entries, each byte as one character; one string for each chunk. */
	private readonly beside: string[] = [];
	private besideNow: string[] = [];
	private besideBytes = 0;
	/** Position up to which `beside` is filled. */
	private besideUpTo = 0;
	private received = 0;
	private depth = 0;
	private entries = 0;
	private entryLists = 0;
	/** Names of the current values at the depths 1 and 3. */
	private readonly names: Record<number, string | undefined> = {};
	private isNameNext = false;
	private valueFrom = 0;
	private entryFrom: number | undefined;
	private spans = new Map<string, Span>();

	constructor(
		private readonly tokenizer: Tokenizer,
		private readonly types: typeof TokenType,
	) {
		tokenizer.onToken = ({ token, value, offset }) => {
			this.take(token, value, offset);
		};
	}

	read(chunk: Buffer): BundleEntry[] {
		this.window.add(chunk);
		this.received += chunk.length;
		asJson(() => {
			this.tokenizer.write(chunk);
			if (this.entryFrom === undefined) this.keepBeside(this.received);
			if (this.besideBytes > MOST_BESIDE_ENTRIES) this.tokenizer.error(new Error('Too much'));
		});
		this.window.dropBefore(this.entryFrom ?? this.received);
		this.beside.push(this.besideNow.join(''));
		this.besideNow = [];
		const { found } = this;
		this.found = [];
		return found;
	}

	/** Checks what remains of the bundle without its entries. */
	end(): void {
		const beside = Buffer.from(this.beside.join(''), 'latin1').toString();
		const bundle = asJson(() => JSON.parse(beside) as unknown);
		const isBundle = isRecord(bundle) && bundle.resourceType === 'Bundle' && this.entryLists <= 1;
		const list = isRecord(bundle) ? (bundle.entry ?? []) : [];
		if (!isBundle || !Array.isArray(list) || list.length !== this.entries) throw noBundle(NO_BUNDLE);
	}

	private take(token: TokenType, value: unknown, offset: number): void {
		const { LEFT_BRACE, LEFT_BRACKET, RIGHT_BRACE, RIGHT_BRACKET, STRING, COLON, COMMA } = this.types;
		switch (token) {
			case LEFT_BRACE:
			case LEFT_BRACKET:
				this.open(token === LEFT_BRACE, offset);
				return;
			case RIGHT_BRACE:
			case RIGHT_BRACKET:
				this.close(offset);
				return;
			case STRING:
				if (this.isNameNext) this.names[this.depth] = String(value);
				break;
			case COLON:
				this.valueFrom = this.depth === IN_ENTRY ? offset + 1 : this.valueFrom;
				break;
			case COMMA:
				this.endValue(offset);
				this.isNameNext = this.depth === IN_BUNDLE || this.depth === IN_ENTRY;
				return;
			default:
		}
		this.isNameNext = false;
	}

	private open(isObject: boolean, offset: number): void {
		const isEntries = this.names[IN_BUNDLE] === 'entry';
		if (this.depth === IN_BUNDLE && isEntries && !isObject) this.entryLists += 1;
		if (this.depth === IN_ENTRIES && isEntries && isObject && this.entryLists > 0) {
			this.keepBeside(offset);
			this.entryFrom = offset;
			this.spans = new Map();
			this.names[IN_ENTRY] = undefined;
		}
		this.depth += 1;
		this.isNameNext =
			isObject && (this.depth === IN_BUNDLE || (this.depth === IN_ENTRY && this.entryFrom !== undefined));
	}

	private close(offset: number): void {
		this.endValue(offset);
		this.depth -= 1;
		this.isNameNext = false;
		if (this.depth !== IN_ENTRIES || this.entryFrom === undefined) return;
		this.takeEntry(this.entryFrom, offset + 1);
		this.besideNow.push(PLACEHOLDER);
		this.besideUpTo = offset + 1;
		this.entryFrom = undefined;
	}

	/** A value of an entry ends at a comma or at the entry's end. */
	private endValue(to: number): void {
		const name = this.names[IN_ENTRY];
		if (this.depth === IN_ENTRY && this.entryFrom !== undefined && name !== undefined) {
			this.spans.set(name, { from: this.valueFrom, to });
		}
	}

	private takeEntry(from: number, to: number): void {
		const bytes = this.window.slice(from, to);
		const entry = asJson(() => JSON.parse(bytes.toString()) as Record<string, unknown>);
		const position = this.entries++;
		const of = (name: string): Buffer | undefined => {
			const span = this.spans.get(name);
			return span && Object.hasOwn(entry, name) ? trimmed(bytes.subarray(span.from - from, span.to - from)) : undefined;
		};
		const { resource } = entry;
		if (resource === undefined || resource === null) return;
		const resourceBytes = of('resource');
		if (!isRecord(resource) || typeof resource.resourceType !== 'string' || !resourceBytes) {
			throw noBundle(NO_RESOURCE_TYPE);
		}
		const { resourceType: type, id, identifier } = resource;
		this.found.push({ position, fullUrl: of('fullUrl'), resource: resourceBytes, type, id, identifier });
	}

	private keepBeside(to: number): void {
		const bytes = this.window.slice(this.besideUpTo, to);
		this.besideUpTo = to;
		this.besideBytes += bytes.length;
		this.besideNow.push(bytes.toString('latin1'));
	}
}

const NO_BUNDLE = 'The file is not a FHIR bundle in JSON';
const NO_RESOURCE_TYPE = 'The file is not a FHIR bundle: an entry contains a resource without resourceType';

function noBundle(problem: string): InvalidInputError {
	return new InvalidInputError(
		'Output',
		problem,
		'Choose the output "Binary" or "Text"; Clinical Report files are XML (CDA), and Clinical Data files are bundles in UTF-8.',
	);
}

/** The parser's own messages quote the file's content, which is health data, so they are replaced. */
function asJson<T>(work: () => T): T {
	try {
		return work();
	} catch (error) {
		throw error instanceof InvalidInputError ? error : noBundle(NO_BUNDLE);
	}
}

/** Returns the bytes without surrounding whitespace as JSON defines it, which is all ASCII. */
function trimmed(bytes: Buffer): Buffer {
	const isBlank = (byte: number | undefined): boolean => byte === 32 || byte === 9 || byte === 10 || byte === 13;
	let [from, to] = [0, bytes.length];
	while (from < to && isBlank(bytes[from])) from += 1;
	while (to > from && isBlank(bytes[to - 1])) to -= 1;
	return bytes.subarray(from, to);
}
