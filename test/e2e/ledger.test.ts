import type { EmrFile, SandboxFile, SandboxMessage } from '../sandbox/types';
import { drawUp } from './ledger';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

const file = (key: string, sha256 = key): SandboxFile => ({
	key,
	sha256,
	size: 1,
	contentType: 'application/json',
	accessPoint: 'arn:aws:s3:us-east-1:123456789012:accesspoint/example',
});

const received = (name: string, second: number, sha256 = name): EmrFile => ({
	name,
	sha256,
	size: 1,
	contentType: 'application/json',
	at: at(second),
});

function message(objectKey: string, acknowledged?: number, deliveries = 1): SandboxMessage {
	return {
		messageId: `message of ${objectKey}`,
		objectKey,
		deliveries: Array.from({ length: deliveries }, () => ({
			receiptHandle: 'handle',
			operationId: 'operation',
			at: at(0),
			callbackStatus: 200,
		})),
		acknowledged: acknowledged !== undefined,
		...(acknowledged === undefined ? {} : { acknowledgedAt: at(acknowledged) }),
	};
}

describe('the account of the messages', () => {
	it('counts a message as acknowledged if its file arrived before the ACK', () => {
		expect(drawUp([file('a')], [message('a', 2)], [received('a', 1)])).toEqual({
			posted: 1,
			handled: 1,
			acknowledged: 1,
			lost: 0,
			duplicates: 0,
			redelivered: 0,
		});
	});

	it('counts it as lost if it was acknowledged before its file arrived', () => {
		expect(drawUp([file('a')], [message('a', 2)], [received('a', 3)])).toMatchObject({
			handled: 1,
			acknowledged: 0,
			lost: 1,
		});
	});

	it('counts it as lost if it was acknowledged and its file never arrived', () => {
		expect(drawUp([file('a')], [message('a', 2)], [])).toMatchObject({ handled: 0, acknowledged: 0, lost: 1 });
	});

	it('counts it as lost if another file arrived', () => {
		expect(drawUp([file('a')], [message('a', 2)], [received('a', 1, 'other')])).toMatchObject({ handled: 0, lost: 1 });
	});

	it('counts it as lost only after Roche has delivered it four times without an ACK', () => {
		expect(drawUp([file('a')], [message('a', undefined, 3)], [])).toMatchObject({ lost: 0, redelivered: 1 });
		expect(drawUp([file('a')], [message('a', undefined, 4)], [])).toMatchObject({ lost: 1, redelivered: 1 });
	});

	it('uses the first arrival of a file and counts later ones as duplicates', () => {
		const twice = [received('a', 1), received('b', 1), received('a', 5)];
		expect(drawUp([file('a'), file('b')], [message('a', 3), message('b', 3)], twice)).toMatchObject({
			acknowledged: 2,
			lost: 0,
			duplicates: 1,
		});
	});

	it('does not count a message as posted if the webhook refused it', () => {
		const refused = message('a');
		refused.deliveries = refused.deliveries.map((one) => ({ ...one, callbackStatus: 503 }));
		expect(drawUp([file('a')], [refused], [])).toMatchObject({ posted: 0, lost: 0 });
	});
});
