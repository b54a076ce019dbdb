import { reasonsOf } from './answer-texts';

/** So much of what an answer says is repeated, in characters. */
const LONGEST = 240;
/** More than this is not looked at, in characters: the rest would be cut off anyway. */
const LOOKED_AT = 2000;
/** So many characters in a row that a secret has as well are taken for a part of it. */
const PART_OF_SECRET = 6;
/** The same for values that only name somebody: "client" may be a word. */
const PART_OF_NAME = 8;

/** Headers whose values are no secrets. */
const NAMES = new Set(['org_id', 'client_id', 'x-operation-id', 'x-origin-request-id', 'content-type', 'accept']);

const BETWEEN = /[^\p{L}\p{N}]+/gu;

/** What was sent, and must not come back. */
export interface Sent {
	headers: Record<string, string>;
	/** JSON. */
	body?: string;
}

/**
 * What an answer says of itself, for an error that n8n shows and stores: shortened, and without any value that was sent, whole, in part or encoded. As
 * nobody knows all ways to encode, and what else may stand there, whatever does not look like words of a language or names of fields goes as well.
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

/** Pieces of all forms of what was sent. */
interface Traces {
	/** Short values as a whole. */
	whole: string[];
	/** All pieces of one length, by length. */
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

/** Letters and digits alone: what stands between them may differ, as in a value that comes back in groups. */
function bare(text: string): string {
	return text.toLowerCase().replaceAll(BETWEEN, '');
}

/** The value as it may come back. */
function formsOf(value: string): Set<string> {
	const decoded = Buffer.from(value, 'base64').toString('utf8');
	const values = [value, ...(/^[\x20-\x7e]{3,}$/.test(decoded) ? [decoded] : [])];
	const forms = values.flatMap((one) => {
		const bytes = Buffer.from(one, 'utf8');
		// What stands before the value shifts its base64: the characters at the ends hold bits of others.
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
	// Sentences' own signs stay; a word is what is between them.
	const cleaned = text.replaceAll(/[^\s"'`“”„‘’<>()[\]{},;]+/g, (word, at: number) => {
		for (let i = at; i < at + word.length; i += 1) if (isTraced[i]) return '…';
		return isSpeech(word) ? word : '…';
	});
	return cleaned
		.replaceAll(/[<>]/g, '')
		.replaceAll(/…(\s+…)+/g, '…')
		.trim();
}

/** By position in the text: whether there is something that was sent. */
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

/** Whether it is a word, a number or a name of a field, not an identifier (an OID, say), something encoded, or an address of somebody. */
function isSpeech(word: string): boolean {
	if (!/^[\p{L}\p{M}\p{N}._:/’'-]*[.:!?…]*$/u.test(word) || /[^\p{L}\p{M}\p{N}.]{3}|\d\.\d+\.\d/u.test(word))
		return false;
	return word.split(/[^\p{L}\p{M}\p{N}]+/u).every((part) => {
		if (/^\p{N}*$/u.test(part)) return part.length <= 6;
		if (/\p{N}/u.test(part)) return part.length <= 6;
		const humps = (part.match(/\p{Ll}\p{Lu}/gu) ?? []).length;
		return part.length <= 30 && (part.length <= 5 || humps * 5 <= part.length);
	});
}
