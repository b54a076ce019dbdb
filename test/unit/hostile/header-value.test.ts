import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { headerValue, organizationId, originRequestId } from '../../../nodes/shared/partners-services/header-value';
import { leaksOf, outcomeOf } from './support/outcome';
import { shareOf } from './support/share';
import { anyText, changedText } from './support/texts';

/** Well below the 16 KB that Node's server accepts for all headers together. */
const LONGEST = 1500;

const PIECES = [
	...['\r\n', '\n', '\r', '\0', '\t', ' ', '  ', '\u000b', '\u000c', '\u0085', '\u2028', '\u2029', '\u00a0', '\ufeff'],
	...[
		'\r\nX-Evil: 1',
		'\nX-Evil: 1',
		'\r\n\r\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n',
		'\r\n folded',
		'%0d%0a',
		'\\r\\n',
	],
	// Truncated to one byte, as by latin1, they are CR, LF and NUL.
	...['\u010d', '\u010a', '\u560d\u560a', '\u0100', '嘊嘍', 'ä', '€', '😀', '\ud800', '\u007f', '\u0080', '\u001f'],
	...[':', ';', ',', '"', "'", '=', '+', '/', 'AQEBwJnKyrHigUMZj6rYigCg', '3.16.724.4.41'],
];
const composed = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string()), { maxLength: 6 });
const near = (value: string) => fc.oneof(fc.constant(value), fc.constant(` ${value}\n`), changedText(value, PIECES, 2));
const hostile = fc
	.oneof(
		{ arbitrary: composed.map((pieces) => pieces.join('')), weight: 3 },
		{ arbitrary: fc.string({ minLength: 1, maxLength: 60 }), weight: 2 },
		anyText,
		fc.nat({ max: LONGEST }).map((n) => 'x'.repeat(n)),
	)
	.map((value) => value.slice(0, LONGEST));
const noText = fc.oneof(fc.double(), fc.bigInt(), fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined));

/** Each value that becomes a header, with the check that `client.ts` uses. */
const HEADERS = {
	receiptHandle: (value: unknown) => headerValue('Receipt Handle', value),
	'x-operation-id': (value: unknown) => headerValue('Operation ID', value),
	client_id: (value: unknown) => headerValue('Client ID', value),
	client_secret: (value: unknown) => headerValue('Client Secret', value),
	org_id: (value: unknown) => organizationId('Organization ID', value),
	'x-origin-request-id': (value: unknown) => originRequestId(value),
};
type HeaderName = keyof typeof HEADERS;
const NAMES = Object.keys(HEADERS) as HeaderName[];

const VALUES: Record<HeaderName, fc.Arbitrary<unknown>> = {
	receiptHandle: fc.oneof({ arbitrary: hostile, weight: 4 }, near('AQEBwJnKyrHigUMZj6rYigCg+/=='), noText),
	'x-operation-id': fc.oneof({ arbitrary: hostile, weight: 4 }, noText),
	client_id: fc.oneof({ arbitrary: hostile, weight: 4 }, noText),
	client_secret: fc.oneof({ arbitrary: hostile, weight: 4 }, noText),
	org_id: fc.oneof({ arbitrary: near('3.16.724.4.41'), weight: 4 }, hostile, noText),
	'x-origin-request-id': fc.oneof({ arbitrary: near('e6950ef2-3c66-4d00-9aba-205fde0d3199'), weight: 4 }, hostile),
};
const given = fc.record(VALUES);

const requests: IncomingMessage[] = [];
const server = createServer((incoming, answer) => {
	requests.push(incoming);
	incoming.resume().once('end', () => answer.end('ok'));
});
// A request that Node's server rejects is also a failure: a proxy in between may read it differently.
let broken = 0;
server.on('clientError', (_error, socket) => {
	broken += 1;
	socket.destroy();
});
const agent = new Agent();
let origin = '';

beforeAll(async () => {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
	await agent.close();
	await new Promise((resolve) => server.close(resolve));
});

/** Returns the headers of the only received request, in order, with names in lower case. */
async function arrivedHeaders(headers: Record<string, string>): Promise<Array<[string, string]>> {
	requests.length = 0;
	const answer = await request(`${origin}/v1/token`, { method: 'POST', headers, dispatcher: agent });
	await answer.body.dump();
	expect(requests.map(({ method, url }) => `${String(method)} ${String(url)}`)).toEqual(['POST /v1/token']);
	const { rawHeaders = [] } = requests[0] ?? {};
	return rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? '']] : []));
}

describe('any value for a header', () => {
	it.each(NAMES)('is drawn so that many are used and many refused: %s', (name) => {
		const used = shareOf(VALUES[name], (value) => outcomeOf(() => HEADERS[name](value)).kind === 'used');
		expect(Math.min(used, 1 - used)).toBeGreaterThan(0.1);
	});

	it('arrives byte for byte and adds nothing to the request, or is refused', async () => {
		const property = fc.asyncProperty(given, async (values) => {
			const headers: Record<string, string> = {};
			for (const name of NAMES) {
				const outcome = outcomeOf(() => HEADERS[name](values[name]));
				if (outcome.kind === 'used') headers[name] = outcome.value;
			}
			const own: Array<[string, string]> = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
			const arrived = await arrivedHeaders(headers);
			const frame = ['host', 'connection', 'content-length'];
			expect(arrived.filter(([name]) => !frame.includes(name))).toEqual(own);
			expect(broken).toBe(0);
		});
		await fc.assert(property, { numRuns: 800 });
	});

	it('is unchanged, except for the space around it', () => {
		const property = fc.property(fc.constantFrom(...NAMES), given, (name, values) => {
			const value = values[name];
			const outcome = outcomeOf(() => HEADERS[name](value));
			if (outcome.kind === 'used') expect(outcome.value).toBe(String(value).trim());
		});
		fc.assert(property, { numRuns: 3000 });
	});

	it('is not repeated if it is refused', () => {
		const secret = 'Geheim-7f3a9c51e0b2d486';
		const property = fc.property(fc.constantFrom(...NAMES), changedText(secret, PIECES), (name, text) => {
			const outcome = outcomeOf(() => HEADERS[name](text));
			if (outcome.kind === 'refused') expect(leaksOf(outcome.error, secret, 8)).toEqual([]);
		});
		fc.assert(property, { numRuns: 1000 });
	});

	it('is refused or unchanged if it is huge', () => {
		for (const piece of [' ', 'a', '1.', '1', '\n', '\u00a0', 'a ']) {
			for (const name of NAMES) {
				const value = `1${piece.repeat(1_000_000)}x`;
				const outcome = outcomeOf(() => HEADERS[name](value));
				if (outcome.kind === 'used') expect(outcome.value).toHaveLength(value.length);
			}
		}
	});
});
