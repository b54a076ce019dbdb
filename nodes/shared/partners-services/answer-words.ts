import { reasonsOf } from './answer-texts';

/** Longest text that is repeated from an answer, in characters. */
const LONGEST = 240;
/** Characters of each reason that are read, and a tenth of those of the whole answer: the rest would be cut off anyway. */
const LOOKED_AT = 2000;
/** This many letters and digits in a row that also occur in a secret are taken for a part of it. */
const PART_OF_SECRET = 6;
/** The same for values that only identify something: a shorter match, such as "client", may be an ordinary word. */
const PART_OF_NAME = 8;

/** Headers whose values are not secret. */
const NAMES = new Set(['org_id', 'client_id', 'x-operation-id', 'x-origin-request-id', 'content-type', 'accept']);

const BETWEEN = /[^\p{L}\p{N}]+/gu;

/** What was sent, and must not appear in an error. */
export interface Sent {
	headers: Record<string, string>;
	/** JSON. */
	body?: string;
}

/**
 * Returns the reasons that an answer gives, for an error that n8n shows and stores: shortened, and without any value that was sent, whether whole, in
 * part or encoded. Since values may be encoded in unknown ways, everything that does not look like words, numbers or field names is removed, too.
 * @returns undefined when nothing is left
 */
export function wordsOf(answer: string, sent: Sent): string | undefined {
	const reasons = reasonsOf(answer.slice(0, LOOKED_AT * 10)).map((reason) => reason.slice(0, LOOKED_AT));
	if (reasons.length === 0) return undefined;
	const traces = tracesOf(sent);
	const cleaned = reasons.map((reason) => clean(reason, traces)).filter((reason) => /\p{L}{2}/u.test(reason));
	const text = [...new Set(cleaned)].join('; ');
	if (text === '') return undefined;
	return text.length <= LONGEST ? text : `${text.slice(0, text.lastIndexOf(' ', LONGEST)).replace(/[\s…,;:]+$/, '')} …`;
}

/** What to look for in an answer: values that were sent, in all their forms. */
interface Traces {
	/** Short values, which are only matched whole. */
	whole: string[];
	/** All substrings of one length of longer values, by length. */
	parts: Map<number, Set<string>>;
}

function tracesOf({ headers, body }: Sent): Traces {
	const traces: Traces = { whole: [], parts: new Map() };
	for (const [name, value] of Object.entries(headers))
		add(traces, value, NAMES.has(name.toLowerCase()) ? PART_OF_NAME : PART_OF_SECRET);
	for (const value of body === undefined ? [] : Object.values(JSON.parse(body) as object))
		add(traces, String(value), PART_OF_SECRET);
	return traces;
}

function add({ whole, parts }: Traces, value: string, length: number): void {
	for (const form of formsOf(value)) {
		if (form.length <= length) {
			whole.push(form);
			continue;
		}
		const pieces = parts.get(length) ?? new Set<string>();
		parts.set(length, pieces);
		for (let i = 0; i + length <= form.length; i += 1) pieces.add(form.slice(i, i + length));
	}
}

/** The letters and digits only, in lower case: an answer may separate them differently, for instance in groups. */
function bare(text: string): string {
	return text.toLowerCase().replaceAll(BETWEEN, '');
}

/** The forms in which an answer may repeat the value: plain, decoded from base64, or encoded for a URL, in JSON, hexadecimal or base64. */
function formsOf(value: string): Set<string> {
	const decoded = Buffer.from(value, 'base64').toString('utf8');
	const values = [value, ...(/^[\x20-\x7e]{3,}$/.test(decoded) ? [decoded] : [])];
	const forms = values.flatMap((one) => {
		const bytes = Buffer.from(one, 'utf8');
		// Bytes before the value shift its base64, and the characters at the ends contain bits of other bytes.
		const shifted = [0, 1, 2].map((before) =>
			Buffer.concat([Buffer.alloc(before), bytes])
				.toString('base64')
				.replace(/=+$/, '')
				.slice(before === 0 ? 0 : before + 1, -1),
		);
		return [one, encodeURIComponent(one), JSON.stringify(one).slice(1, -1), bytes.toString('hex'), ...shifted];
	});
	return new Set(forms.map(bare).filter((form) => form !== ''));
}

function clean(reason: string, traces: Traces): string {
	const text = reason.replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ');
	const isTraced = tracedIn(text, traces);
	// Keeps punctuation and checks each word in between.
	const cleaned = text.replaceAll(/[^\s"'`“”„‘’<>()[\]{},;]+/g, (word, at: number) => {
		for (let i = at; i < at + word.length; i += 1) if (isTraced[i]) return '…';
		return isSpeech(word) ? word : '…';
	});
	return cleaned
		.replaceAll(/[<>]/g, '')
		.replaceAll(/…(\s+…)+/g, '…')
		.trim();
}

/** For each position in the text: whether the character there belongs to something that was sent. */
function tracedIn(text: string, { whole, parts }: Traces): boolean[] {
	const places = Array.from(text.matchAll(/[\p{L}\p{N}]/gu), ({ index }) => index);
	const letters = bare(text);
	const isTraced: boolean[] = [];
	const mark = (at: number, length: number): void => {
		for (let i = at; i < at + length; i += 1) isTraced[places[i] ?? text.length] = true;
	};
	for (const form of whole) {
		for (let at = letters.indexOf(form); at >= 0; at = letters.indexOf(form, at + 1)) mark(at, form.length);
	}
	for (const [length, pieces] of parts) {
		for (let at = 0; at + length <= letters.length; at += 1) {
			if (pieces.has(letters.slice(at, at + length))) mark(at, length);
		}
	}
	return isTraced;
}

/** Whether it looks like a word, a number or a field name, not like an identifier (such as an OID), an encoded value or an address. */
function isSpeech(word: string): boolean {
	if (!/^[\p{L}\p{M}\p{N}._:/’'-]*[.:!?…]*$/u.test(word) || /[^\p{L}\p{M}\p{N}.]{3}|\d\.\d+\.\d/u.test(word))
		return false;
	return word.split(/[^\p{L}\p{M}\p{N}]+/u).every((part) => {
		if (/\p{N}/u.test(part)) return part.length <= 6;
		const humps = (part.match(/\p{Ll}\p{Lu}/gu) ?? []).length;
		return part.length <= 30 && (part.length <= 5 || humps * 5 <= part.length);
	});
}
