import { EventEmitter, once } from 'node:events';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import type { EngineRun } from '../engine/engine-run';
import { Roche } from '../engine/roche';
import { startStore, type Store } from './support/store';

const FETCH = 'rocheS3Fetch';
const ETAG = { ETag: '"1"' };
const CHUNK = Buffer.alloc(64 * 1024, ' ');

/** Name, what the store answers with, message, parameters. */
type Case = [string, number, OutgoingHttpHeaders, string, Record<string, string>];

let store: Store;
let roche: Roche;
/** How the store answers in a test. */
let answer: (response: ServerResponse) => void;
/** Emits when a connection closes, and whether that was before the store had ended its answer. */
const answers = new EventEmitter();

beforeAll(async () => {
	store = await startStore((_request, response) => {
		response.once('close', () => answers.emit('left', response.writableEnded));
		answer(response);
	});
	roche = await Roche.start({}, { NODE_EXTRA_CA_CERTS: store.certificate });
});

afterAll(async () => await Promise.all([roche.stop(), store.close()]));

/** Writes until nobody reads any more. */
function endless(status: number, headers: OutgoingHttpHeaders): (response: ServerResponse) => void {
	return (response) => {
		const write = () => {
			while (!response.destroyed && response.write(CHUNK));
		};
		response.writeHead(status, headers).on('drain', write);
		write();
	};
}

async function fetched(options: IDataObject = {}, more: Record<string, string> = {}): Promise<EngineRun> {
	const parameters = {
		source: 'presignedUrl',
		presignedUrl: `https://${store.host}/a.json`,
		options: { allowedHosts: store.host, maxAttempts: 1, ...options } as never,
		...more,
	};
	return await roche.run([{}], [{ type: FETCH, parameters }], { binaryMode: 'filesystem' });
}

describe('an answer that does not end', () => {
	it.each<Case>([
		['is not from S3', 200, {}, 'The answer did not come from S3', {}],
		[
			'is compressed in an unknown way',
			200,
			{ ...ETAG, 'Content-Encoding': 'zstd' },
			'The file is stored with a Content-Encoding that is not supported',
			{},
		],
		['is an error', 418, {}, 'S3 answered with an unexpected error (418)', {}],
		...['binary', 'fhirParts'].map(
			(output) =>
				[
					`would go into a field without a name (${output})`,
					200,
					ETAG,
					'Put Output File in Field is empty',
					{ output, binaryPropertyName: ' ' },
				] satisfies Case,
		),
	])('is left, and its connection closed, if it %s', async (_what, status, headers, message, parameters) => {
		answer = endless(status, headers);
		const left = once(answers, 'left');
		const stored = await roche.engine.storedFiles();
		const run = await fetched({ maxFileSize: 100 }, parameters);
		expect(run.error?.message).toBe(message);
		expect(await left).toEqual([false]);
		expect(await roche.engine.storedFiles()).toEqual(stored);
	});

	it('is left before its first byte if its announced size is too large', async () => {
		answer = (response) => {
			response.writeHead(200, { ...ETAG, 'Content-Length': 1024 ** 2 + 1 }).flushHeaders();
		};
		const left = once(answers, 'left');
		const run = await fetched({ maxFileSize: 1 });
		expect(run.error?.message).toBe('The file is larger than the option "Max File Size" allows');
		expect(await left).toEqual([false]);
	});
});

describe('a file that takes longer than "Timeout", which is a time without a byte', () => {
	it('arrives', async () => {
		answer = (response) => {
			void (async () => {
				response.writeHead(200, { ...ETAG, 'Content-Length': 30 });
				for (let sent = 0; sent < 30; sent += 1) {
					response.write(' ');
					await sleep(150);
				}
				response.end();
			})();
		};
		const run = await fetched({ timeout: 3000 });
		expect(run.json(FETCH)).toMatchObject([{ file: { size: 30, resumed: 0 } }]);
	});
});
