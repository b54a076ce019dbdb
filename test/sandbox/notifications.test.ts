import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { fetch } from './fetch';
import { startSandboxProcess, type SandboxClient } from './process';
import { acknowledge } from './test-client';
import type { RocheNotification } from './types';

let sandbox: SandboxClient;
let callback: Server;
let callbackUrl: string;
interface Received {
	headers: IncomingHttpHeaders;
	bytes: Buffer;
	/** Of JSON in UTF-8. */
	readonly body: RocheNotification;
}
let received: Received[] = [];

beforeAll(async () => {
	sandbox = await startSandboxProcess();
	callback = createServer((request, response) => {
		void buffer(request).then((bytes) => {
			received.push({
				headers: request.headers,
				bytes,
				get body() {
					return JSON.parse(bytes.toString()) as RocheNotification;
				},
			});
			response.end('{}');
		});
	});
	await new Promise<void>((resolve) =>
		callback.listen(0, '127.0.0.1', () => {
			resolve();
		}),
	);
	callbackUrl = `http://127.0.0.1:${(callback.address() as AddressInfo).port}/hook`;
});
afterAll(async () => {
	callback.closeAllConnections();
	callback.close();
	await sandbox.close();
});
beforeEach(() => (received = []));

const state = async (messageId: string) =>
	(await sandbox.state()).messages.find((message) => message.messageId === messageId);

async function until(condition: () => boolean | Promise<boolean>) {
	const end = Date.now() + 5000;
	while (!(await condition())) {
		if (Date.now() > end) throw new Error('Did not happen within 5 s');
		await sleep(20);
	}
}

it('a notification has exactly the documented fields, and its operation id in the header', async () => {
	const callbackAuth = { user: 'röche', password: 'p:w' };
	const sent = await sandbox.notify({ objectKey: 'delivery/2291405/cda/a.xml', callbackUrl, callbackAuth });
	expect(sent.callbackStatus).toBe(200);
	expect(received).toHaveLength(1);
	expect(received[0]?.body).toEqual({
		EmrOid: sandbox.info.orgId,
		MessageId: sent.notification.MessageId,
		MessageType: 'Clinical Report',
		MessageCreatedAt: expect.stringMatching(/^\d{13}$/) as string,
		MessageReference: { accesspoint: sandbox.info.accessPoint, objectKey: 'delivery/2291405/cda/a.xml' },
		MessageReceiptHandle: expect.stringMatching(/^AQEB.*[+].*[/].*=$/) as string,
	});
	expect(received[0]?.headers['x-operation-id']).toBe(sent.operationId);
	expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('röche:p:w').toString('base64')}`);
	await acknowledge(sandbox.info, sent.notification.MessageReceiptHandle);
});

it('a pre-signed URL is in the requested field', async () => {
	const objectKey = 'delivery/clinical-data/b.json';
	const { notification } = await sandbox.notify({ objectKey, presigned: { field: 'url', expiresSeconds: 60 } });
	expect(notification.MessageReference.url).toMatch(/^https:\/\/2291405-019364481091\.s3-accesspoint\.us-east-1\./);
	expect(notification.MessageType).toBe('Clinical Data');
});

it('an unreachable callback is reported, not thrown', async () => {
	const closed = createServer().listen(0, '127.0.0.1');
	await once(closed, 'listening');
	const { port } = closed.address() as AddressInfo;
	await new Promise((resolve) => closed.close(resolve));
	const sent = await sandbox.notify({ objectKey: 'a.json', callbackUrl: `http://127.0.0.1:${port}/` });
	expect(sent.callbackError).toContain('ECONNREFUSED');
});

describe('receipts', () => {
	it('a good handle is acknowledged with 200 and an empty body', async () => {
		const { notification, operationId } = await sandbox.notify({ objectKey: 'a.json' });
		const handle = notification.MessageReceiptHandle;
		const headers = { 'x-operation-id': operationId };
		expect(await acknowledge(sandbox.info, handle, { headers })).toMatchObject({ status: 200, text: '' });
		expect(await state(notification.MessageId)).toMatchObject({
			acknowledged: true,
			acknowledgedWith: { receiptHandle: handle, operationId },
		});
		expect((await acknowledge(sandbox.info, handle)).status).toBe(400);
	});

	it('an unknown handle is answered with an OperationOutcome that names it', async () => {
		const answer = await acknowledge(sandbox.info, 'AQEB 1+/=');
		expect(answer.status).toBe(400);
		const text = 'The input receipt handle "AQEB 1+/=" is not a valid receipt handle.';
		expect(JSON.parse(answer.text)).toEqual({
			resourceType: 'OperationOutcome',
			issue: [{ severity: 'error', code: 'invalid', details: { text } }],
		});
	});

	it('a redelivery makes the earlier handle stale: refused, or accepted without effect', async () => {
		const first = await sandbox.notify({ objectKey: 'a.json' });
		const id = first.notification.MessageId;
		const second = await sandbox.redeliver(id);
		expect(second.notification.MessageId).toBe(id);
		expect(second.operationId).not.toBe(first.operationId);
		const stale = first.notification.MessageReceiptHandle;
		expect((await acknowledge(sandbox.info, stale)).status).toBe(400);
		await sandbox.settings({ staleHandle: 'ignore' });
		expect((await acknowledge(sandbox.info, stale)).status).toBe(200);
		await sandbox.settings({ staleHandle: 'reject' });
		expect((await state(id))?.acknowledged).toBe(false);
		expect((await acknowledge(sandbox.info, second.notification.MessageReceiptHandle)).status).toBe(200);
		expect((await state(id))?.acknowledged).toBe(true);
	});

	it('an ACK whose answer is lost is applied; one whose connection is cut before is not', async () => {
		const { notification } = await sandbox.notify({ objectKey: 'a.json' });
		const handle = notification.MessageReceiptHandle;
		await sandbox.fault({ target: 'ack', match: handle, fault: { kind: 'drop', when: 'before-headers' } });
		await expect(acknowledge(sandbox.info, handle)).rejects.toThrow();
		expect((await state(notification.MessageId))?.acknowledged).toBe(false);
		await sandbox.fault({ target: 'ack', match: handle, fault: { kind: 'process-then-drop' } });
		await expect(acknowledge(sandbox.info, handle)).rejects.toThrow();
		expect((await state(notification.MessageId))?.acknowledged).toBe(true);
		expect((await acknowledge(sandbox.info, handle)).status).toBe(400);
	});
});

describe('redelivery clock', () => {
	afterEach(async () => await sandbox.settings({ redeliverySpeed: 1 }));

	it('without an ACK it redelivers three times, each time with a new handle, then stops', async () => {
		await sandbox.settings({ redeliverySpeed: 18_000 });
		const sent = await sandbox.notify({ objectKey: 'slow.json', callbackUrl });
		const id = sent.notification.MessageId;
		const mine = () => received.filter(({ body }) => body.MessageId === id);
		await until(() => mine().length === 4);
		await sleep(300);
		expect(mine()).toHaveLength(4);
		expect(new Set(mine().map(({ body }) => body.MessageReceiptHandle)).size).toBe(4);
		expect(new Set(mine().map(({ body }) => body.MessageCreatedAt)).size).toBe(1);
	});

	it('does not redeliver an acknowledged message', async () => {
		const sent = await sandbox.notify({ objectKey: 'done.json', callbackUrl });
		await acknowledge(sandbox.info, sent.notification.MessageReceiptHandle);
		// Not before: on a busy machine the ACK could come after a redelivery. Without the ACK, the message would now be due within 100 ms.
		await sandbox.settings({ redeliverySpeed: 18_000 });
		await sleep(400);
		expect((await state(sent.notification.MessageId))?.deliveries).toHaveLength(1);
	});
});

describe('stand-in EMR', () => {
	it('answers with size and hash of the file, and can be set to refuse files', async () => {
		const url = `${sandbox.info.controlUrl}/emr?name=a.json`;
		const sent = await fetch(url, { method: 'POST', body: 'abc' });
		expect(sent.status).toBe(201);
		const expected = { name: 'a.json', size: 3, sha256: expect.stringMatching(/^ba7816bf/) as string };
		expect(await sent.json()).toEqual(expected);
		expect(await sandbox.emr()).toMatchObject([expected]);
		await sandbox.settings({ emrStatus: 500 });
		expect((await fetch(url, { method: 'POST', body: 'abc' })).status).toBe(500);
		expect(await sandbox.emr()).toHaveLength(1);
	});
});

it.each([
	[{ compression: 'gzip' }, gunzipSync, 'object'],
	[{ compression: 'br' }, brotliDecompressSync, 'object'],
	[{ compression: 'deflate', shape: 'list' }, inflateSync, 'list'],
	[{ charset: 'iso-8859-1', shape: 'webhook' }, (bytes: Buffer) => Buffer.from(bytes.toString('latin1')), 'webhook'],
	[{ charset: 'utf-16le', shape: 'text' }, (bytes: Buffer) => Buffer.from(bytes.toString('utf16le')), 'text'],
	[{ charset: 'bom', shape: 'url' }, (bytes: Buffer) => bytes, 'url'],
] as const)('a notification has the requested form: %j', async (form, unpacked, shape) => {
	const request = { objectKey: 'delivery/ä.json', callbackUrl, presigned: shape === 'url', form };
	const { notification } = await sandbox.notify(request);
	const [{ headers, bytes } = { headers: {}, bytes: Buffer.alloc(0) }] = received;
	const body = JSON.parse(
		unpacked(bytes)
			.toString()
			.replace(/^\uFEFF/, ''),
	) as Record<string, unknown>;
	const { MessageReference, ...rest } = notification;
	expect(body).toEqual(
		{
			object: notification,
			list: [notification],
			webhook: { headers: { 'content-type': 'application/json' }, params: {}, query: {}, body: notification },
			text: { ...rest, MessageReference: JSON.stringify(MessageReference) },
			url: { ...rest, MessageReference: MessageReference.presignedUrl },
		}[shape],
	);
	expect(headers['content-encoding']).toBe('compression' in form ? form.compression : undefined);
});

it('an unknown form is refused, and nothing is delivered', async () => {
	const { length } = (await sandbox.state()).messages.flatMap(({ deliveries }) => deliveries);
	const form = { charset: 'ebcdic' as never };
	await expect(sandbox.notify({ objectKey: 'a.json', callbackUrl, form })).rejects.toThrow('allowed: utf-8');
	expect((await sandbox.state()).messages.flatMap(({ deliveries }) => deliveries)).toHaveLength(length);
});
