import { readNotification as receive } from '../../nodes/shared/notification/read-notification';
import { RefusedNotification } from '../../nodes/shared/notification/refused-notification';

const NOTIFICATION = {
	EmrOid: '2.16.724.4.2',
	MessageId: 'e6950ef2-3c66-4d00-9aba-205fde0d3199',
	MessageType: 'Clinical Report',
	MessageCreatedAt: '1603778420307',
	MessageReference: {
		accesspoint: 'arn:aws:s3:us-east-1:019364481091:accesspoint/2291405',
		objectKey: 'delivery/2291405/cda/xxx.xml',
	},
	MessageReceiptHandle: 'abc',
};

const readNotification = (body: string) => receive(body).notification;

function refusal(body: string): RefusedNotification {
	try {
		readNotification(body);
	} catch (error) {
		if (error instanceof RefusedNotification) return error;
		throw error;
	}
	throw new Error('It was not refused');
}

const changed = (changes: Record<string, unknown>): string => JSON.stringify({ ...NOTIFICATION, ...changes });

describe('the body of a notification', () => {
	it("is accepted as Roche's guide shows it, with any additional fields", () => {
		expect(readNotification(JSON.stringify(NOTIFICATION))).toEqual(NOTIFICATION);
		expect(readNotification(changed({ New: { a: [1] } }))).toEqual({ ...NOTIFICATION, New: { a: [1] } });
	});

	it('may begin with a byte order mark', () => {
		expect(readNotification(`\uFEFF${JSON.stringify(NOTIFICATION)}`)).toEqual(NOTIFICATION);
	});

	it('does not require MessageCreatedAt, which is not used', () => {
		expect(readNotification(changed({ MessageCreatedAt: undefined })).MessageId).toBe(NOTIFICATION.MessageId);
	});

	it.each(['EmrOid', 'MessageId', 'MessageType', 'MessageReceiptHandle', 'MessageReference'])(
		'is refused without %s, which the error names',
		(field) => {
			for (const value of [undefined, null, '', 7, [], ' ']) {
				expect(refusal(changed({ [field]: value }))).toMatchObject({ status: 400, field });
			}
		},
	);

	it.each(['accesspoint', 'objectKey'])('is refused if MessageReference has no %s', (field) => {
		for (const value of [undefined, '', 7]) {
			const MessageReference = { ...NOTIFICATION.MessageReference, [field]: value };
			const { status, field: named, message } = refusal(changed({ MessageReference }));
			expect({ status, named }).toEqual({ status: 400, named: `MessageReference.${field}` });
			expect(message).toContain(`MessageReference.${field}`);
		}
	});

	it.each([
		{ url: 'https://s3.example/x' },
		{ urls: ['https://s3.example/x'] },
		{ deeper: { link: ' https://s3.example/x' } },
	])('is accepted with only a pre-signed URL: %j', (MessageReference) => {
		expect(readNotification(changed({ MessageReference })).MessageReference).toEqual(MessageReference);
	});

	it('is refused with a URL that is not https', () => {
		expect(refusal(changed({ MessageReference: { url: 'http://s3.example/x' } }))).toMatchObject({ status: 400 });
	});

	it.each([
		['', 'The body is empty; a JSON object is expected.'],
		[' \n', 'The body is empty; a JSON object is expected.'],
		['{"EmrOid":', 'The body is not valid JSON.'],
		['<xml/>', 'The body is not valid JSON.'],
		['"text"', 'The body is not a JSON object.'],
		['null', 'The body is not a JSON object.'],
		['[]', 'The body is not a JSON object.'],
		[`${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'The body is nested too deeply.'],
	])('%.20j is refused', (body, message) => {
		expect(refusal(body)).toMatchObject({ status: 400, message });
	});

	it('is refused with an explanation if it is a FHIR R5 subscription notification', () => {
		const { status, message } = refusal('{"resourceType":"Bundle","type":"subscription-notification","entry":[]}');
		expect(status).toBe(422);
		expect(message).toContain('FHIR R5 subscription notification');
		expect(message).toContain('Ask Roche');
	});

	it('another bundle lacks the fields of a notification', () => {
		expect(refusal('{"resourceType":"Bundle","type":"collection"}')).toMatchObject({ status: 400, field: 'EmrOid' });
	});

	it('drops keys that would change prototypes, at any depth', () => {
		const body = JSON.stringify(NOTIFICATION).replace(
			'{',
			'{"__proto__":{"polluted":1},"more":{"__proto__":{"polluted":1}},',
		);
		const read = readNotification(body);
		expect(Object.keys(read)).not.toContain('__proto__');
		expect(read.more).toEqual({});
		expect(JSON.stringify(read)).not.toContain('polluted');
	});

	it('is not repeated in a refusal', () => {
		const marked = changed({ MessageId: 7, MessageReceiptHandle: 'marker-of-the-handle' });
		for (const body of [marked, `${marked}marker`, 'marker']) expect(refusal(body).message).not.toContain('marker');
	});
});
