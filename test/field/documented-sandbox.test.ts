import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { blocksOf } from '../package/support/pages';
import { type SandboxClient, startSandboxProcess } from '../sandbox/process';
import { listening, type Running } from './support/api-server';
import { inShell } from './support/shell';

/** As the page has it; a test takes free ports. */
const CONTROL = 'http://127.0.0.1:8089';
const CALLBACK = 'http://localhost:5678/';

const blocks = blocksOf('docs/sandbox.md').filter(({ code }) => /^curl /m.test(code));

let sandbox: SandboxClient;
let callback: Running;
let posted: IncomingMessage['headers'][];

beforeAll(async () => {
	sandbox = await startSandboxProcess();
	// As `npm run sandbox` does for people.
	await sandbox.addFile({ kind: 'bundle', observations: 500 });
	const trigger = createServer((request, response) => {
		posted.push(request.headers);
		request.resume();
		response.end('{"status":"accepted"}');
	});
	callback = await listening(trigger);
}, 60_000);
beforeEach(() => {
	posted = [];
});
afterAll(async () => {
	await Promise.all([sandbox.close(), callback.close()]);
});

/** A curl that fails with the server's error, where a person would read it. */
const strict = (code: string): string =>
	`curl() { command curl --noproxy '*' --silent --show-error --fail-with-body "$@"; }\n${code}`
		.replaceAll(CONTROL, sandbox.info.controlUrl)
		.replaceAll(CALLBACK, `http://127.0.0.1:${callback.port}/`);

describe('the commands on the page of the sandbox', () => {
	it('are found', () => {
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

	it('leave no fault behind but the one of the last example, and the EMR at work', async () => {
		const { faults, settings } = await sandbox.state();
		expect(faults).toMatchObject([{ target: 'ack' }]);
		expect(settings).toMatchObject({ emrStatus: null, redeliverySpeed: 60 });
	});
});
