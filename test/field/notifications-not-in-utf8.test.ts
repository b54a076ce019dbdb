import fc from 'fast-check';
import { fileInAccessPoint, fileOfNotification } from '../../nodes/shared/access-point/file-source';
import { decoded } from '../../nodes/shared/notification/charset';
import { readNotification } from '../../nodes/shared/notification/read-notification';
import { RefusedNotification } from '../../nodes/shared/notification/refused-notification';
import { acknowledgements, Roche } from '../engine/roche';
import { invalidInput } from '../unit/support/expect-error';

const ARN = 'arn:aws:s3:us-east-1:019364481091:accesspoint/2291405';
const NOTIFICATION = {
	EmrOid: '2.16.724.4.2',
	MessageId: 'e6950ef2-3c66-4d00-9aba-205fde0d3199',
	MessageType: 'Clinical Report',
	MessageReference: { accesspoint: ARN, objectKey: 'delivery/Müller/Zoë.xml' },
	MessageReceiptHandle: 'AQEB+/abc=',
};

function refusal(work: () => unknown): RefusedNotification {
	try {
		work();
	} catch (error) {
		if (error instanceof RefusedNotification) return error;
		throw error;
	}
	throw new Error('It was not refused');
}

function swapped(bytes: Buffer): Buffer {
	return Buffer.from(bytes).swap16();
}

describe('the body of a notification', () => {
	const WAYS: Array<[string, string, (text: string) => Buffer]> = [
		['UTF-8', 'application/json', (text) => Buffer.from(text)],
		['UTF-8 with a byte order mark', 'application/json', (text) => Buffer.from(`\uFEFF${text}`)],
		['UTF-16 with a mark', 'text/plain', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
		['UTF-16, big-endian', '', (text) => swapped(Buffer.from(`\uFEFF${text}`, 'utf16le'))],
		['UTF-16 declared', 'application/json; charset=UTF-16LE', (text) => Buffer.from(text, 'utf16le')],
		['a mark that contradicts the declaration', 'text/json; charset=latin1', (text) => Buffer.from(`\uFEFF${text}`)],
	];

	it.each(WAYS)('is read in %s', (_name, contentType, encode) => {
		const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.startsWith('\uFEFF'));
		fc.assert(fc.property(text, (one) => expect(decoded(encode(one), contentType)).toBe(one)));
	});

	it.each(['iso-8859-1', 'ISO-8859-1', '"latin1"', 'windows-1252', 'us-ascii'])(
		'is read as declared: %s',
		(charset) => {
			const bytes = Buffer.from(JSON.stringify(NOTIFICATION), 'latin1');
			const { notification } = readNotification(decoded(bytes, `application/json ; Charset = ${charset};v=1`));
			expect(notification).toEqual(NOTIFICATION);
		},
	);

	it('is read with the characters that Windows adds to Latin-1', () => {
		expect(decoded(Buffer.from([0x80, 0x84, 0x9a, 0xe4]), 'text/plain;charset=windows-1252')).toBe('€„šä');
	});

	it.each<[string, string, Buffer]>([
		['undeclared Latin-1', 'application/json', Buffer.from(JSON.stringify(NOTIFICATION), 'latin1')],
		['a cut sign', '', Buffer.from('"ä').subarray(0, 2)],
		['half of a character, in bytes', '', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
		['an overlong slash', '', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
		['packed bytes', '', Buffer.from([0x1f, 0x8b, 0x08, 0])],
		['UTF-16 that was cut', 'text/json; charset=utf-16le', Buffer.from('{', 'utf16le').subarray(0, 1)],
	])('is refused rather than repaired: %s', (_name, contentType, bytes) => {
		const { status, message } = refusal(() => decoded(bytes, contentType));
		expect([status, message]).toEqual([
			400,
			expect.stringMatching(/^The body is not text in UTF-(8|16LE)\. Send JSON/),
		]);
	});

	it.each(['ebcdic', 'utf-7', 'base64', 'hex', 'utf-8,utf-8'])('is refused in an unknown encoding: %s', (name) => {
		const { status } = refusal(() => decoded(Buffer.from('{}'), `application/json; charset=${name}`));
		expect(status).toBe(415);
	});
});

describe('characters that were lost before a notification was sent', () => {
	const damaged = ['Zo\uFFFD', 'Zo\uD83D', '\uDE00Zo'];
	const inField = (field: string, value: string) => JSON.stringify({ ...NOTIFICATION, [field]: value });
	const inReference = (reference: object | string) => JSON.stringify({ ...NOTIFICATION, MessageReference: reference });

	it.each(['EmrOid', 'MessageId', 'MessageType', 'MessageReceiptHandle'])('are refused in %s', (field) => {
		for (const text of damaged) {
			expect(refusal(() => readNotification(inField(field, text)))).toMatchObject({ status: 400, field });
		}
	});

	it.each<[string, (text: string) => object | string]>([
		['MessageReference.objectKey', (text) => ({ accesspoint: ARN, objectKey: text })],
		['MessageReference.objectKey', (text) => ({ accesspoint: ARN, objectKey: text, url: 'https://x.example/?a=1' })],
		['MessageReference.objectKey', (text) => JSON.stringify({ deeper: { object_key: text, accessPoint: ARN } })],
		['MessageReference.accesspoint', (text) => ({ accesspoint: ARN + text, objectKey: 'a' })],
		['MessageReference', (text) => `https://bucket.s3.amazonaws.com/${text}?X-Amz-Signature=1`],
	])('are refused in %s', (field, reference) => {
		for (const text of damaged) {
			const refused = refusal(() => readNotification(inReference(reference(text))));
			expect(refused).toMatchObject({ status: 400, field });
			expect(refused.message).toContain('wrong encoding');
		}
	});

	it('never get into a key or a handle, whatever the bytes and their declaration', () => {
		const json = Buffer.from(JSON.stringify(NOTIFICATION));
		const spoiled = fc.tuple(fc.nat(json.length - 1), fc.uint8Array({ maxLength: 3 })).map(([at, bytes]) => {
			return Buffer.concat([json.subarray(0, at), bytes, json.subarray(at + bytes.length)]);
		});
		const charset = fc.constantFrom('', ';charset=latin1', ';charset=utf-8', ';charset=utf-16', ';charset=shift_jis');
		const property = fc.property(spoiled, charset, (bytes, declared) => {
			try {
				const { notification } = readNotification(decoded(bytes, `application/json${declared}`));
				const source = fileOfNotification(notification, []);
				const key = source.kind === 'accessPoint' ? source.key : '';
				expect(key + notification.MessageReceiptHandle).not.toMatch(/[\uFFFD\p{Surrogate}]/u);
			} catch (error) {
				const { name } = error as Error;
				expect(['RefusedNotification', 'InvalidInputError']).toContain(name);
			}
		});
		fc.assert(property, { numRuns: 3000 });
	});

	it.each(damaged)('are not accepted in a key by Roche S3 Fetch: %j', (text) => {
		for (const find of [
			() => fileInAccessPoint(ARN, text),
			() => fileOfNotification({ body: { MessageReference: { accesspoint: ARN, objectKey: text } } }, []),
		]) {
			const { field, message } = invalidInput(find);
			expect([field, message]).toEqual(['Object Key', expect.stringContaining('damaged characters')]);
		}
		const url = `https://bucket.s3.amazonaws.com/${text}?X-Amz-Signature=geheim`;
		const error = invalidInput(() => fileOfNotification({ MessageReference: url }, []));
		expect(error.message).toContain('damaged characters');
		expect(JSON.stringify(error) + error.message).not.toContain('geheim');
	});
});

describe('in n8n', () => {
	const roche = Roche.forAllTests();

	it('a key or a handle that has lost characters is not sent', async () => {
		const [message] = await roche.notifications(1);
		const { MessageReference, ...rest } = message?.item ?? ({} as never);
		const keyless = { ...rest, MessageReference: { ...MessageReference, objectKey: 'delivery/Zo\uFFFD.json' } };
		const fetched = await roche.run([keyless], [{ type: 'rocheS3Fetch' }]);
		expect(fetched.error?.message).toContain('Object Key contains damaged characters');
		const handle = { ...message?.item, MessageReceiptHandle: `${rest.MessageReceiptHandle}\uFFFD` };
		const acknowledged = await roche.run(
			[handle],
			[{ type: 'rocheNotificationAck', onError: 'continueRegularOutput' }],
		);
		expect(acknowledgements(acknowledged)).toEqual([expect.objectContaining({ acknowledged: false })]);
		expect([...(await roche.sandbox.requests('s3')), ...(await roche.sandbox.requests('ack'))]).toEqual([]);
	});

	it('a file with non-ASCII characters in its key is fetched and acknowledged', async () => {
		const file = await roche.sandbox.addFile({ kind: 'cda', key: 'delivery/Müller Zoë/日本.xml' });
		const { notification, operationId } = await roche.sandbox.notify({ objectKey: file.key });
		const run = await roche.run(
			[{ ...notification, operationId }],
			[{ type: 'rocheS3Fetch' }, { type: 'rocheNotificationAck' }],
		);
		expect(run.json('rocheS3Fetch')[0]?.file).toMatchObject({ key: file.key, sha256: file.sha256 });
		expect(await roche.acknowledged()).toContain(notification.MessageId);
	});
});
