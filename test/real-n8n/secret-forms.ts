/** Length of the pieces of a long secret that are also searched for: SQLite splits long values at page ends. In characters. */
const PIECE = 40;

/** Shorter lines of a key, such as its last one, could be found by chance. In characters. */
const SHORTEST_KEY_LINE = 40;

/** A value that must not be found. */
export interface Secret {
	/** For messages, such as "client secret". */
	name: string;
	value: string;
}

/**
 * Returns the secrets of a private key: each line of its base64 body, and the body without line breaks. The latter begins
 * at the second line, because the first forty characters are the same for all keys of a kind.
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
 * Returns the forms in which a file could contain a secret: unchanged, JSON-escaped (also twice, for JSON inside a JSON
 * string), URL-encoded, in base64, and in pieces.
 */
export function formsOf(value: string): string[] {
	const json = JSON.stringify(value).slice(1, -1);
	const twice = JSON.stringify(json).slice(1, -1);
	// Some serialisers escape the slash with a backslash.
	const slashes = value.replaceAll('/', '\\/');
	const whole = [value, json, twice, slashes, encodeURIComponent(value)];
	return [...new Set([...whole.flatMap((form) => [form, ...pieces(form)]), ...base64Forms(value)])];
}

function pieces(text: string): string[] {
	const count = Math.floor(text.length / PIECE);
	return count < 2 ? [] : Array.from({ length: count }, (_, i) => text.slice(i * PIECE, (i + 1) * PIECE));
}

/** Base64 depends on the secret's offset in a group of three bytes, so there are three forms, without the first and last group. */
function base64Forms(value: string): string[] {
	return [0, 1, 2].flatMap((offset) => {
		const shifted = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]).toString('base64');
		const inner = shifted.slice(4, -4);
		return inner.length < 24 ? [] : [inner];
	});
}
