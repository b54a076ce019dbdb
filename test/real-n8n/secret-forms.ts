/** Pieces of a long secret are searched for too: SQLite cuts long values where a page ends. In characters. */
const PIECE = 40;

/** Shorter lines of a key, such as its last one, could be found by chance. */
const SHORTEST_KEY_LINE = 40;

/** Something that must not be found. */
export interface Secret {
	/** For messages, such as "client secret". */
	name: string;
	value: string;
}

/**
 * A private key as secrets: each line of its base64 body, and the body without line breaks. That one begins at the second
 * line, because the first forty characters are the same for all keys of a kind.
 */
export function privateKeySecrets(name: string, pem: string): Secret[] {
	const body = pem.split(/\r?\n/).filter((line) => /^[A-Za-z0-9+/=]+$/.test(line));
	const lines = body.filter((line) => line.length >= SHORTEST_KEY_LINE);
	return [
		...lines.map((value, i) => ({ name: `${name}, line ${i + 1}`, value })),
		{ name: `${name}, joined`, value: body.slice(1).join('') },
	];
}

/**
 * The texts in which a secret could lie in a file: as it is, as JSON writes it (once, and again inside a JSON string), as a
 * URL carries it, in base64, and in pieces.
 */
export function formsOf(value: string): string[] {
	const json = JSON.stringify(value).slice(1, -1);
	const twice = JSON.stringify(json).slice(1, -1);
	// Some serialisers write the slash with a backslash.
	const slashes = value.replaceAll('/', '\\/');
	const whole = [value, json, twice, slashes, encodeURIComponent(value)];
	return [...new Set([...whole.flatMap((form) => [form, ...pieces(form)]), ...base64Forms(value)])];
}

function pieces(text: string): string[] {
	const count = Math.floor(text.length / PIECE);
	return count < 2 ? [] : Array.from({ length: count }, (_, i) => text.slice(i * PIECE, (i + 1) * PIECE));
}

/** Base64 depends on where in a group of three bytes the secret begins; the first and last group are cut off. */
function base64Forms(value: string): string[] {
	return [0, 1, 2].flatMap((offset) => {
		const shifted = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]).toString('base64');
		const inner = shifted.slice(4, -4);
		return inner.length < 24 ? [] : [inner];
	});
}
