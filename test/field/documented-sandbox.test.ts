import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { blocksOf } from '../package/support/pages';
import { type SandboxClient, startSandboxProcess } from '../sandbox/process';
import { listening, type Running } from './support/api-server';
import { inShell } from './support/shell';

/** The address on the page; the test uses free ports. */
const CONTROL = 'http://127.0.0.1:8089';
const CALLBACK = 'http://localhost:5678/';

const blocks = blocksOf('docs/sandbox.md').filter(({ code }) => /^curl /m.test(code));

let sandbox: SandboxClient;
let callback: Running;
let posted: IncomingMessage['headers'][];

beforeAll(async () => {
	sandbox = await startSandboxProcess();
	// As `npm run sandbox` does.
	await sandbox.addFile({ kind: 'bundle', observations: 500 });
	const trigger = createServer((request, response) => {
		posted.push(request.headers);
		request.resume();
		response.end('{"status":"accepted"}');
	});
	callback = await listening(trigger);
});
beforeEach(() => {
	posted = [];
});
afterAll(async () => {
	await Promise.all([sandbox.close(), callback.close()]);
});

/** Makes curl fail with the server's error, which a person would only read. */
const strict = (code: string): string =>
	`curl() { command curl --noproxy '*' --silent --show-error --fail-with-body "$@"; }\n${code}`
		.replaceAll(CONTROL, sandbox.info.controlUrl)
		.replaceAll(CALLBACK, `http://127.0.0.1:${callback.port}/`);

describe('the commands on the page of the sandbox', () => {
	it('exist: the search finds them', () => {
		expect(blocks.length).toBeGreaterThanOrEqual(8);
	});

	it.each(blocks.map(({ code }) => [code.split('\n')[1] ?? '', code]))('%s', async (_name, code) => {
		const printed = await inShell(strict(code), tmpdir());
		expect(printed).not.toContain('"error"');
		if (code.includes(CALLBACK)) {
			expect(printed).toContain('"callbackStatus":200');
			const authorization = `Basic ${Buffer.from('roche:secret-for-a-try').toString('base64')}`;
			expect(posted).toMatchObject([{ authorization }]);
		}
		if (code.includes('"presigned":true')) expect(printed).toContain('X-Amz-Signature=');
	});

	it('leave only the fault of the last example, and an EMR that accepts files', async () => {
		const { faults, settings } = await sandbox.state();
		expect(faults).toMatchObject([{ target: 'ack' }]);
		expect(settings).toMatchObject({ emrStatus: null, redeliverySpeed: 60 });
	});
});
