import { checkCaller, type ExpectedCaller, type Headers } from '../../nodes/shared/notification/caller';
import { RefusedNotification } from '../../nodes/shared/notification/refused-notification';

const BASIC: ExpectedCaller = { authentication: 'basicAuth', user: 'roche', password: 'pä:ss wörd' };
const HEADER: ExpectedCaller = { authentication: 'headerAuth', headerName: 'X-Webhook-Key', headerValue: 'value-1' };

const basic = (text: string): Headers => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

function statusFor(expected: ExpectedCaller, headers: Headers): number {
	try {
		checkCaller(expected, headers);
		return 200;
	} catch (error) {
		if (error instanceof RefusedNotification) return error.status;
		throw error;
	}
}

describe('the caller of the webhook, by Basic authentication', () => {
	it('is accepted with user and password, also with colons and umlauts in the password', () => {
		expect(statusFor(BASIC, basic('roche:pä:ss wörd'))).toBe(200);
	});

	it('may write the scheme in upper or lower case', () => {
		const { authorization } = basic('roche:pä:ss wörd');
		expect(statusFor(BASIC, { authorization: String(authorization).replace('Basic ', 'bASIC  ') })).toBe(200);
	});

	it.each([
		['nothing', {}],
		['an empty header', { authorization: '' }],
		['another scheme', { authorization: 'Bearer pä:ss wörd' }],
		['no base64', { authorization: 'Basic roche:password' }],
		['nothing after the scheme', { authorization: 'Basic' }],
		['two headers', { authorization: [String(basic('roche:pä:ss wörd').authorization), 'x'] }],
		['a wrong user', basic('Roche:pä:ss wörd')],
		['a wrong password', basic('roche:pä:ss worde')],
		['a password with an extra space', basic('roche:pä:ss  wörd')],
		['a part of the password', basic('roche:pä:ss')],
		['no password', basic('roche:')],
		['neither', basic(':')],
	])('is refused with %s', (_what, headers) => {
		expect(statusFor(BASIC, headers)).toBe(401);
	});
});

describe('the caller of the webhook, by a header', () => {
	it('is accepted with the right value, whatever the case of the name', () => {
		expect(statusFor(HEADER, { 'x-webhook-key': 'value-1' })).toBe(200);
	});

	it.each([{}, { 'x-webhook-key': '' }, { 'x-webhook-key': 'value-1, value-1' }, { 'x-webhook-key': ['value-1'] }])(
		'is refused with %j',
		(headers: Headers) => {
			expect(statusFor(HEADER, headers)).toBe(401);
		},
	);
});

describe('an empty credential accepts no caller', () => {
	it.each<ExpectedCaller>([
		{ authentication: 'basicAuth', user: 'roche', password: '' },
		{ authentication: 'basicAuth', user: '', password: 'x' },
		{ authentication: 'headerAuth', headerName: 'X-Webhook-Key', headerValue: '' },
		{ authentication: 'headerAuth', headerName: ' ', headerValue: 'x' },
	])('%j', (expected) => {
		for (const headers of [{}, basic(':'), basic('roche:'), basic(':x'), { 'x-webhook-key': '' }]) {
			expect(statusFor(expected, headers)).toBe(500);
		}
	});
});

describe('a refusal', () => {
	it.each([
		[BASIC, basic('roche:given-secret')],
		[HEADER, { 'x-webhook-key': 'given-secret' }],
	] as const)('repeats neither the expected nor the received value', (expected, headers) => {
		expect(() => checkCaller(expected, headers)).toThrow(RefusedNotification);
		try {
			checkCaller(expected, headers);
		} catch (error) {
			const text = String(error);
			for (const secret of ['given-secret', 'value-1', 'wörd']) expect(text).not.toContain(secret);
		}
	});
});
