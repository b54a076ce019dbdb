import type { IDataObject } from 'n8n-workflow';
import type { Fault } from '../sandbox/types';
import type { EngineRun } from './engine-run';
import { Roche, type Step } from './roche';

const CHAIN: Step[] = [{ type: 'rocheGetToken' }, { type: 'rocheS3Fetch' }, { type: 'rocheNotificationAck' }];
const MARKER = 'Mustermann-4711';
const roche = Roche.forAllTests();

/** Returns every secret of a credential, and the parts of the tokens that were sent to S3. */
async function secrets(credential: IDataObject): Promise<string[]> {
	const tokens = (await roche.sandbox.requests('s3')).flatMap(({ headers }) => headers['x-amz-security-token'] ?? []);
	const keyLines = (credential.privateKey as string)
		.split('\n')
		.filter((line) => line.length >= 40 && !line.startsWith('-----'));
	return [credential.clientSecret as string, ...keyLines, ...tokens];
}

/** Searches everything that n8n would store and log. The credential itself is not part of a run's data. */
async function expectNoSecret(run: EngineRun, credential: IDataObject): Promise<void> {
	const found = (await secrets(credential)).filter((secret) => (run.persisted + run.log).includes(secret));
	expect(found).toEqual([]);
	expect(run.persisted + run.log).not.toContain(MARKER);
}

async function notification(): Promise<IDataObject> {
	const base64 = Buffer.from(`{"patient":"${MARKER}"`).toString('base64');
	const file = await roche.sandbox.addFile({
		kind: 'content',
		key: 'marker.json',
		base64,
		contentType: 'application/json',
	});
	const { notification: sent, operationId } = await roche.sandbox.notify({ objectKey: file.key });
	return { ...sent, operationId };
}

describe('n8n stores and logs no secret and no content of a file', () => {
	it('of a run that succeeds, sealed', async () => {
		const credential = roche.freshCredential();
		const run = await roche.run([await notification()], CHAIN, { credential });
		expect(run.status).toBe('success');
		expect((await secrets(credential)).length).toBeGreaterThan(20);
		await expectNoSecret(run, credential);
	});

	it('and this search works: it finds the session token of a run with plain secrets', async () => {
		const credential = roche.freshCredential();
		const [getToken, ...rest] = CHAIN;
		const plain = { ...getToken, type: 'rocheGetToken' as const, parameters: { secretOutput: 'plain' } };
		const run = await roche.run([await notification()], [plain, ...rest], { credential });
		await expect(expectNoSecret(run, credential)).rejects.toThrow();
	});

	it.each<[string, 'token' | 's3' | 'ack', Fault]>([
		[
			'a refused token',
			'token',
			{ kind: 'status', status: 401, body: `{"error":"Invalid Client","patient":"${MARKER}"}` },
		],
		['an answer that is not JSON', 'token', { kind: 'status', status: 200, body: MARKER }],
		['a cut connection', 'token', { kind: 'drop', when: 'before-headers' }],
		[
			'an error of S3',
			's3',
			{ kind: 'status', status: 403, body: `<Error><Code>AccessDenied</Code><Message>${MARKER}</Message></Error>` },
		],
		['a file that was changed in transit', 's3', { kind: 'corrupt' }],
		['an unknown error of S3', 's3', { kind: 'status', status: 418, body: MARKER }],
		['a refused ACK', 'ack', { kind: 'status', status: 400, body: `{"issue":[{"patient":{"name":"${MARKER}"}}]}` }],
		['an ACK without an answer', 'ack', { kind: 'stall', when: 'headers' }],
	])('of a run that fails with %s', async (_name, target, fault) => {
		const credential = roche.freshCredential();
		await roche.sandbox.fault({ target, times: 9, fault });
		const steps = CHAIN.map((step) => ({ ...step, parameters: { options: { maxAttempts: 1, timeout: 1000 } } }));
		for (const onError of ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const) {
			const run = await roche.run(
				[await notification()],
				steps.map((step) => ({ ...step, onError })),
				{ credential },
			);
			await expectNoSecret(run, credential);
		}
	});

	it.each<[string, (value: string) => string]>([
		['as it is', (value) => value],
		['percent-encoded', (value) => encodeURIComponent(value)],
		['in base64', (value) => Buffer.from(value).toString('base64')],
		['escaped twice', (value) => JSON.stringify(JSON.stringify(value))],
		['in part', (value) => value.slice(0, 10)],
	])('of an answer that repeats the sent values, %s', async (_name, encode) => {
		const credential = roche.freshCredential();
		const message = await notification();
		const values = [
			credential.clientSecret,
			credential.clientId,
			credential.orgId,
			message.MessageReceiptHandle,
		] as string[];
		const text = `Policy refused ${values.map(encode).join(' and ')}`;
		const body = JSON.stringify({
			resourceType: 'OperationOutcome',
			issue: [{ details: { text }, diagnostics: text }],
		});
		for (const [target, type] of [
			['token', 'rocheGetToken'],
			['ack', 'rocheNotificationAck'],
		] as const) {
			await roche.sandbox.fault({ target, times: 9, fault: { kind: 'status', status: 400, body } });
			for (const onError of ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const) {
				const run = await roche.run([message], [{ type, onError }], { credential });
				await expectNoSecret(run, credential);
				expect(run.persisted).toContain('Policy refused');
				// n8n stores the input; the output that the node adds must not contain it again.
				const { MessageReceiptHandle, EmrOid } = message;
				const added = [MessageReceiptHandle, EmrOid].reduce<string>(
					(text, value) => text.replaceAll(JSON.stringify(value), ''),
					run.persisted + run.log,
				);
				expect(values.filter((value) => added.includes(encode(value)))).toEqual([]);
			}
		}
		const test = await roche.engine.testCredential('rochePartnersServicesApi', credential as never);
		expect(test.message).toContain('Policy refused');
		expect(values.filter((value) => (test.message + test.log).includes(encode(value)))).toEqual([]);
	});

	it.each(['json', 'text'])('of a file that is not what the output %s expects', async (output) => {
		const credential = roche.freshCredential();
		const base64 = Buffer.concat([Buffer.from(MARKER), Buffer.from([0xff, 0xfe])]).toString('base64');
		await roche.sandbox.addFile({ kind: 'content', key: 'odd', base64, contentType: 'text/plain' });
		const { notification: sent } = await roche.sandbox.notify({ objectKey: 'odd' });
		const run = await roche.run([{ ...sent }], [{ type: 'rocheS3Fetch', parameters: { output } }], { credential });
		expect(run.status).toBe('error');
		await expectNoSecret(run, credential);
	});

	it('of a credential that is not valid', async () => {
		const good = roche.freshCredential();
		const broken = [
			{ ...good, ...roche.sandbox.info.identities.encrypted, clientSecret: 'a\nsecret-with-a-break' },
			{ ...good, ...roche.sandbox.info.identities.encrypted, passphrase: 'wrong-passphrase' },
			{ ...good, clientCertificate: good.privateKey },
			{ ...good, caCertificates: good.privateKey },
		];
		for (const credential of broken) {
			const run = await roche.run([{}], [{ type: 'rocheGetToken' }], { credential });
			expect(run.status).toBe('error');
			await expectNoSecret(run, credential);
			expect(run.persisted + run.log).not.toMatch(/secret-with-a-break|wrong-passphrase/);
		}
	});
});
