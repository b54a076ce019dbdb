import fc from 'fast-check';
import { bundleParts, type BundlePart, type PartOptions } from '../../nodes/shared/fhir/parts';
import { InvalidInputError } from '../../nodes/shared/errors/invalid-input-error';

const OPTIONS: PartOptions = { partSize: 500, resourceTypes: [], bundleType: 'collection', seed: 'message' };

/** Yields a string in pieces of `size` bytes. */
async function* inPieces(text: string | Buffer, size: number): AsyncGenerator<Buffer> {
	const bytes = Buffer.from(text as string);
	for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function partsOf(
	text: string | Buffer,
	options: Partial<PartOptions> = {},
	size = 64 * 1024,
): Promise<BundlePart[]> {
	const parts: BundlePart[] = [];
	for await (const part of bundleParts(inPieces(text, size), { ...OPTIONS, ...options })) parts.push(part);
	return parts;
}

interface Entry {
	fullUrl?: string;
	resource?: Record<string, unknown>;
	request?: Record<string, unknown>;
}
const entriesOf = (parts: BundlePart[]): Entry[] =>
	parts.flatMap(({ bundle }) => (JSON.parse(String(bundle)) as { entry: Entry[] }).entry);

const bundleOf = (entries: string[], more = ''): string =>
	`{"resourceType":"Bundle","type":"searchset"${more},"entry":[${entries.join(',')}]}`;
const observation = (n: number, more = '') => `{"resourceType":"Observation","id":"o${n}","value":5.60${more}}`;
const entry = (n: number, more = '') => `{"fullUrl":"urn:uuid:${n}","resource":${observation(n, more)}}`;

describe('a bundle in parts', () => {
	it('keeps each resource byte for byte, with trailing zeros of decimals, and drops search, request and response', async () => {
		const text = `{ "resourceType" : "Bundle", "entry" : [ {
			"search": {"mode":"match"}, "response": {"status":"200"}, "request": {"method":"GET","url":"x"},
			"fullUrl" : "http://a.example/Observation/1" ,
			"resource" : { "resourceType":"Observation", "value": 5.60, "note": "\\u00e4 ä } ] \\" \\\\", "big": 12345678901234567890 }
		} ] , "total": 1 }`;
		const [part] = await partsOf(text);
		const resource =
			'{ "resourceType":"Observation", "value": 5.60, "note": "\\u00e4 ä } ] \\" \\\\", "big": 12345678901234567890 }';
		expect(String(part?.bundle)).toBe(
			`{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://a.example/Observation/1","resource":${resource}}]}`,
		);
		expect(part).toMatchObject({ number: 1, resources: 1, types: ['Observation'], last: true });
	});

	it('has as many parts as needed, and marks the last one', async () => {
		const parts = await partsOf(bundleOf(Array.from({ length: 10 }, (_, n) => entry(n))), { partSize: 5 });
		expect(parts.map(({ number, resources, last }) => [number, resources, last])).toEqual([
			[1, 5, false],
			[2, 5, true],
		]);
		const odd = await partsOf(bundleOf(Array.from({ length: 11 }, (_, n) => entry(n))), { partSize: 5 });
		expect(odd.map(({ resources, last }) => [resources, last])).toEqual([
			[5, false],
			[5, false],
			[1, true],
		]);
	});

	it('outputs the selected types, and reports if there are none', async () => {
		const patient = '{"resource":{"resourceType":"Patient","id":"p"}}';
		const text = bundleOf([entry(1), patient, entry(2), '{"response":{"status":"204"}}']);
		expect(await partsOf(text, { resourceTypes: ['Patient'] })).toMatchObject([{ resources: 1, types: ['Patient'] }]);
		expect(await partsOf(text)).toMatchObject([{ resources: 3, types: ['Observation', 'Patient'] }]);
		const none = [{ number: 1, resources: 0, types: [], last: true }];
		const others = [{ number: 1, resources: 0, types: ['Observation', 'Patient'], last: true }];
		expect(await partsOf(text, { resourceTypes: ['Device'] })).toEqual(others);
		expect(await partsOf('{"resourceType":"Bundle"}')).toEqual(none);
		expect(await partsOf(bundleOf([]))).toEqual(none);
	});

	it('may have any size and arrive in pieces of any size, with or without byte order mark and whitespace', async () => {
		const text = `\ufeff ${bundleOf([entry(1, ',"ä😀":"日本 \\ud83d\\ude00 {[}]\\""'), entry(2)], ',"link":[{"resource":{}}]')}\n`;
		const whole = await partsOf(text);
		expect(entriesOf(whole)).toHaveLength(2);
		for (let size = 1; size < 40; size++) expect(await partsOf(text, {}, size)).toEqual(whole);
	});

	it('may contain an entry of 20 MB, which is a separate part', async () => {
		const data = `,"data":"${'ä'.repeat(10 * 1024 * 1024)}"`;
		const parts = await partsOf(bundleOf([entry(1), entry(2, data), entry(3)]));
		expect(parts.map(({ resources }) => resources)).toEqual([1, 1, 1]);
		expect(entriesOf(parts).map(({ resource }) => resource?.id)).toEqual(['o1', 'o2', 'o3']);
	});

	it('outputs each resource once, in order and byte for byte, whatever JSON it is', async () => {
		const anyJson = fc.json({ maxDepth: 4 });
		const blanks = fc.constantFrom('', ' ', '\n\t', '\r\n  ');
		const resource = fc
			.tuple(anyJson, blanks)
			.map(([json, blank]) => `{${blank}"resourceType"${blank}:"Basic","x":${json}${blank}}`);
		const made = fc.tuple(
			fc.array(resource, { maxLength: 12 }),
			blanks,
			anyJson,
			fc.integer({ min: 1, max: 70 }),
			fc.integer({ min: 1, max: 5 }),
		);
		const property = fc.asyncProperty(made, async ([resources, blank, other, size, partSize]) => {
			const entries = resources.map(
				(text) => `${blank}{"search":${other},"resource":${blank}${text}${blank},"z":${other}}${blank}`,
			);
			const text = bundleOf(entries, `,"meta":${other}`);
			const parts = await partsOf(text, { partSize }, size);
			const bodies = parts.map(({ bundle }) => String(bundle ?? '').replace(/^.*?"entry":\[|\]\}$/gs, ''));
			const separators = bodies.filter((body) => body !== '').join(',');
			expect(separators).toBe(resources.map((one) => `{"resource":${one}}`).join(','));
		});
		await fc.assert(property, { numRuns: 500 });
	});
});

describe('a part for a FHIR server', () => {
	const requestsOf = async (resource: string, options: Partial<PartOptions> = {}) =>
		entriesOf(await partsOf(bundleOf([`{"resource":${resource}}`]), { bundleType: 'transaction', ...options }));

	it('uses PUT for a resource with an id', async () => {
		expect(await requestsOf(observation(1))).toMatchObject([{ request: { method: 'PUT', url: 'Observation/o1' } }]);
	});

	it('uses a conditional POST for a resource with an identifier', async () => {
		const resource = '{"resourceType":"Patient","identifier":[{"use":"old"},{"system":"urn:x","value":"a|b,c$ä"}]}';
		const [made] = await requestsOf(resource, { bundleType: 'batch' });
		const search = `identifier=${encodeURIComponent('urn:x|a\\|b\\,c\\$ä')}`;
		expect(made?.request).toEqual({ method: 'POST', url: 'Patient', ifNoneExist: search });
	});

	it('gives all others an id that is the same in each delivery, and differs by message and position', async () => {
		const bare = '{"resourceType":"Observation","value":5.60}';
		const [first] = await requestsOf(bare);
		const id = first?.resource?.id as string;
		expect(id).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
		expect(first?.request).toEqual({ method: 'PUT', url: `Observation/${id}` });
		expect((await requestsOf(bare))[0]?.resource?.id).toBe(id);
		expect((await requestsOf(bare, { seed: 'another' }))[0]?.resource?.id).not.toBe(id);
		const two = bundleOf([`{"resource":${bare}}`, `{"resource":${bare}}`]);
		const parts = await partsOf(two, { bundleType: 'transaction', partSize: 1 });
		expect(new Set(entriesOf(parts).map(({ resource }) => resource?.id)).size).toBe(2);
		expect(parts.map(({ bundle }) => String(bundle)).every((text) => text.includes('"value":5.60'))).toBe(true);
	});
});

describe('a file that is not a bundle is an error that contains nothing of it', () => {
	const NO_BUNDLE = 'The file is not a FHIR bundle in JSON';
	const NO_TYPE = 'The file is not a FHIR bundle: an entry contains a resource without resourceType';

	it.each<[string, string | Buffer, string]>([
		['a report', '<?xml version="1.0"?><ClinicalDocument>Mustermann</ClinicalDocument>', NO_BUNDLE],
		['nothing', '', NO_BUNDLE],
		['blanks', ' \n', NO_BUNDLE],
		['a resource', '{"resourceType":"Observation","note":"Mustermann"}', NO_BUNDLE],
		['a list', `[${bundleOf([])}]`, NO_BUNDLE],
		['one that is cut off', bundleOf([entry(1), entry(2)]).slice(0, -1), NO_BUNDLE],
		['one that is cut off within an entry', bundleOf([entry(1), entry(2)]).slice(0, -20), NO_BUNDLE],
		['two', bundleOf([entry(1)]) + bundleOf([entry(2)]), NO_BUNDLE],
		['one with characters after its end', `${bundleOf([entry(1)])}x`, NO_BUNDLE],
		['one whose commas are missing', bundleOf([`${entry(1)} ${entry(2)}`]), NO_BUNDLE],
		['one with an extra comma', bundleOf([entry(1), '']), NO_BUNDLE],
		['one with an extra comma in an entry', bundleOf([entry(1, ',')]), NO_BUNDLE],
		['one with a wrong bracket', bundleOf([entry(1)]).replace(']', '}'), NO_BUNDLE],
		['entries that are not objects', bundleOf(['5', '"Mustermann"']), NO_BUNDLE],
		['entries in lists', bundleOf([`[${entry(1)}]`]), NO_BUNDLE],
		['entry twice', bundleOf([entry(1)], `,"entry":[${entry(2)}]`), NO_BUNDLE],
		['an entry field that is not an array', `{"resourceType":"Bundle","entry":${entry(1)}}`, NO_BUNDLE],
		['a resource that is a string', bundleOf(['{"resource":"Mustermann"}']), NO_TYPE],
		['a resource without a type', bundleOf(['{"resource":{"name":"Mustermann"}}']), NO_TYPE],
		['bytes that are not UTF-8', Buffer.from(bundleOf([entry(1, ',"n":"Jürgen"')]), 'latin1'), NO_BUNDLE],
		['UTF-16', Buffer.from(bundleOf([entry(1)]), 'utf16le'), NO_BUNDLE],
	])('%s', async (_what, text, message) => {
		for (const size of [1, 7, 64 * 1024]) {
			const error = await partsOf(text, {}, size).catch((failure: unknown) => failure);
			expect(error).toBeInstanceOf(InvalidInputError);
			expect((error as Error).message).toBe(message);
			expect(JSON.stringify(error)).not.toContain('Mustermann');
		}
	});
});
