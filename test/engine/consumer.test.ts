import { once } from 'node:events';
import type { Readable } from 'node:stream';
import * as tls from 'node:tls';
import { fetchFile, type FetchRequest } from '../../nodes/shared/access-point/fetch-file';
import { fileInAccessPoint } from '../../nodes/shared/access-point/file-source';
import { getToken } from '../../nodes/shared/partners-services/client';
import { openConnection } from '../../nodes/shared/partners-services/connection';
import { type SandboxClient, startSandboxProcess } from '../sandbox/process';

const FILE = { kind: 'bytes', key: 'large.bin', size: 5_000_000 } as const;
const limits = { timeout: 5000, maxAttempts: 1 };
let sandbox: SandboxClient;

// The domain without n8n, as a script would use it, so the consumer of the bytes can fail at any point.
beforeAll(async () => {
	sandbox = await startSandboxProcess();
	process.env.HTTPS_PROXY = sandbox.info.proxyUrl;
	// Node 20's types do not know these two; the tests run on Node 24.
	const { getCACertificates, setDefaultCACertificates } = tls as unknown as {
		getCACertificates: (type: 'default') => string[];
		setDefaultCACertificates: (certificates: string[]) => void;
	};
	setDefaultCACertificates([...getCACertificates('default'), sandbox.info.s3Ca]);
	await sandbox.addFile(FILE);
});
afterAll(async () => await sandbox.close());

async function request<T>(
	consume: FetchRequest<T>['consume'],
	more: Partial<FetchRequest<T>> = {},
): Promise<FetchRequest<T>> {
	const token = await getToken(openConnection(sandbox.info.credential), limits);
	const always = () => Promise.resolve(token);
	const tokens = { current: always, replaceExpired: always, replaceDoubtful: always };
	const source = fileInAccessPoint(sandbox.info.accessPoint, FILE.key);
	return { source, tokens, restrictToGranted: true, maxBytes: 0, ...limits, consume, ...more };
}

async function firstBytesThenFail(content: Readable): Promise<never> {
	await once(content, 'readable');
	content.read(1000);
	throw new Error('The disk is full');
}

describe('when a consumer does not read all bytes of a file', () => {
	it('the error is the one of the consumer, and nothing is left open', async () => {
		// An error event without a listener would end the process here, not the test.
		await expect(fetchFile(await request(firstBytesThenFail))).rejects.toThrow('The disk is full');
		await new Promise((resolve) => setTimeout(resolve, 200));
		expect(await sandbox.requests('s3')).toHaveLength(1);
	});

	it('the next file is read as usual', async () => {
		const { content, size } = await fetchFile(
			await request(async (stream) => {
				let bytes = 0;
				for await (const chunk of stream as AsyncIterable<Buffer>) bytes += chunk.length;
				return bytes;
			}),
		);
		expect([content, size]).toEqual([FILE.size, FILE.size]);
	});

	it('the error is not retried: another attempt would fail the same way', async () => {
		await sandbox.clearRequests();
		await expect(fetchFile(await request(firstBytesThenFail, { maxAttempts: 4 }))).rejects.toThrow('The disk is full');
		expect(await sandbox.requests('s3')).toHaveLength(1);
	});
});
