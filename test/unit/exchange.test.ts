import { getEventListeners, once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { Agent } from 'undici';
import { obeyEgressFilter } from '../../nodes/shared/wire/egress';
import { exchange, type ExchangeLimits, type WholeAnswer } from '../../nodes/shared/wire/exchange';
import { closeServer, listen } from '../sandbox/servers';

const LIMITS: ExchangeLimits = { timeout: 20_000, largestBody: 100 };
const MB = Buffer.alloc(1024 * 1024);

let server: Server;
let agent: Agent;
let url: URL;
let connections: number;

beforeEach(async () => {
	connections = 0;
	server = createServer();
	server.on('connection', () => (connections += 1));
	url = new URL(`http://127.0.0.1:${await listen(server)}/a`);
	// One request at a time: a second one waits for the connection.
	agent = new Agent({ connections: 1, pipelining: 1 });
});

afterEach(async () => {
	jest.restoreAllMocks();
	obeyEgressFilter(undefined);
	await agent.destroy();
	await closeServer(server);
});

const post = async (limits: Partial<ExchangeLimits> = {}): Promise<WholeAnswer> =>
	await exchange(agent, url, { method: 'POST', body: '{}' }, { ...LIMITS, ...limits });

/** The next request's response, to be answered by the test. */
async function nextResponse(): Promise<ServerResponse> {
	const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
	return response;
}

describe('an exchange', () => {
	it('ends with the answer, and leaves neither a listener on the signal of the run nor a running timer', async () => {
		server.on('request', (_request, response) => response.end('yes'));
		const { signal } = new AbortController();
		const started = jest.spyOn(globalThis, 'setTimeout');
		const stopped = jest.spyOn(globalThis, 'clearTimeout');
		expect((await post({ signal })).body?.toString()).toBe('yes');
		const own = started.mock.calls.findIndex(([, ms]) => ms === LIMITS.timeout);
		expect(stopped).toHaveBeenCalledWith(started.mock.results[own]?.value);
		expect(getEventListeners(signal, 'abort')).toEqual([]);
	});

	it('that was cancelled before does not even connect', async () => {
		await expect(post({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'CancelledError' });
		// A connection that was begun would be there when the next request has its answer.
		server.on('request', (_request, response) => response.end());
		await post();
		expect(connections).toBe(1);
	});

	it('that is cancelled while the egress filter is at work ends at once', async () => {
		obeyEgressFilter({
			validateUrl: async () => await new Promise(() => undefined),
			createSecureLookup: () => {
				throw new Error('Nothing is to be looked up');
			},
		});
		const cancel = new AbortController();
		const posted = post({ signal: cancel.signal });
		cancel.abort();
		await expect(posted).rejects.toMatchObject({ name: 'CancelledError' });
	});

	it.each<[string, (cancel: AbortController) => Partial<ExchangeLimits>, object]>([
		['is cancelled', ({ signal }) => ({ signal }), { name: 'CancelledError' }],
		['takes too long', () => ({ timeout: 50 }), { code: 'ATTEMPT_TIMEOUT' }],
	])('that %s while it waits for a connection is never sent', async (_how, limits, failure) => {
		const first = post();
		const holding = await nextResponse();
		const cancel = new AbortController();
		const second = post(limits(cancel));
		cancel.abort();
		await expect(second).rejects.toMatchObject(failure);
		const others = jest.fn((_request: unknown, response: ServerResponse) => response.end());
		server.on('request', others);
		holding.end();
		await first;
		// The connection is free: a request that still waits would go before this one.
		await post();
		expect(others).toHaveBeenCalledTimes(1);
	});

	it.each<[string, (cancel: AbortController) => Partial<ExchangeLimits>, object]>([
		['is cancelled', ({ signal }) => ({ signal }), { name: 'CancelledError' }],
		['takes too long', () => ({ timeout: 3000 }), { code: 'ATTEMPT_TIMEOUT' }],
	])('that %s under way closes its connection', async (_how, limits, failure) => {
		const cancel = new AbortController();
		const posted = post(limits(cancel));
		const failed = expect(posted).rejects.toMatchObject(failure);
		const closed = once(await nextResponse(), 'close');
		cancel.abort();
		await Promise.all([failed, closed]);
	});

	it('reads no more than the limit of an answer that does not end', async () => {
		const posted = post();
		const response = await nextResponse();
		const closed = once(response, 'close');
		const write = () => {
			while (!response.destroyed && response.write(MB));
		};
		response.on('drain', write);
		write();
		expect(await posted).toMatchObject({ status: 200, body: undefined });
		await closed;
	});

	it('leaves its connection to the one that follows at once', async () => {
		server.on('request', (_request, response) => response.end());
		const many = new Agent();
		try {
			for (let count = 0; count < 5; count += 1) await exchange(many, url, { method: 'GET' }, LIMITS);
		} finally {
			await many.destroy();
		}
		expect(connections).toBe(1);
	});

	it('reads an answer of exactly the limit', async () => {
		server.on('request', (_request, response) => response.end(Buffer.alloc(LIMITS.largestBody)));
		expect((await post()).body).toHaveLength(LIMITS.largestBody);
	});
});
