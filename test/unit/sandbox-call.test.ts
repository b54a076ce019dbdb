import { type Connection, openConnection } from '../../nodes/shared/partners-services/connection';
import { sandboxCall, type SandboxRequest, SANDBOX_PATH } from '../../nodes/shared/partners-services/sandbox-call';
import { invalidInput, textOf } from './support/expect-error';
import { fieldsOf, makeEcIdentity } from './support/identity-samples';

const REQUEST: SandboxRequest = {
	patientId: 'SandboxPat1',
	callbackUrl: 'https://n8n.hospital.example/webhook/roche-notification',
	callback: { user: 'röche', password: 'geheim:/+' },
};

let demo: Connection;
let live: Connection;
let liveByUrl: Connection;

beforeAll(async () => {
	const fields = { orgId: '1.2.3', clientId: 'id', clientSecret: 'geheim', ...fieldsOf(await makeEcIdentity()) };
	demo = openConnection({ environment: 'demo', ...fields });
	live = openConnection({ environment: 'live', ...fields });
	const baseUrl = 'https://API-services-eu.rochedcplatform.com/partners/services/api/';
	liveByUrl = openConnection({ environment: 'custom', baseUrl, ...fields });
});

const call = (changes: Partial<SandboxRequest>) => sandboxCall(demo, { ...REQUEST, ...changes });

describe("a call of Roche's sandbox", () => {
	it('has the documented path and body, user and password in base64', () => {
		const { path, body } = call({});
		expect(path).toBe('/sandbox/partners/services/api/v1/notification');
		expect(JSON.parse(body)).toEqual({
			patientId: 'SandboxPat1',
			emrNotificationCallBackURL: 'https://n8n.hospital.example/webhook/roche-notification',
			callbackUsername: 'csO2Y2hl',
			callbackPwd: 'Z2VoZWltOi8r',
		});
	});

	it('contains neither user nor password for a trigger without authentication', () => {
		const body = JSON.parse(call({ callback: undefined }).body) as object;
		expect(Object.keys(body)).toEqual(['patientId', 'emrNotificationCallBackURL']);
	});

	it("accepts the path of the guide's other example", () => {
		const path = '/sandbox/api/partners/services/api/v1/notification';
		expect(call({ path }).path).toBe(path);
		expect(call({ path: undefined }).path).toBe(SANDBOX_PATH);
	});

	it('trims pasted values', () => {
		const body = JSON.parse(call({ patientId: ' SandboxPat1\n', callbackUrl: ' http://a.example/b\n' }).body) as object;
		expect(body).toMatchObject({ patientId: 'SandboxPat1', emrNotificationCallBackURL: 'http://a.example/b' });
	});

	it('is refused for the live environment, by name or base URL', () => {
		for (const connection of [live, liveByUrl]) {
			const error = invalidInput(() => sandboxCall(connection, REQUEST));
			expect(error.field).toBe('Environment');
			expect(error.message).toContain('Environment is live');
		}
	});

	it.each(['//evil.example/x', 'https://evil.example/x', '/\\evil.example', 'sandbox', '/a?b=c', '/a#b', '/ '])(
		'does not accept %s as a path',
		(path) => {
			expect(invalidInput(() => call({ path })).field).toBe('Path');
		},
	);

	it.each<[string, unknown, string]>([
		['nothing', '', 'Callback URL is empty'],
		['a number', 5, 'Callback URL is empty'],
		['no URL', 'n8n.hospital.example', 'Callback URL is not an http or https URL'],
		['another protocol', 'ftp://n8n.hospital.example/', 'Callback URL is not an http or https URL'],
		['a password in it', 'https://roche:geheim@n8n.hospital.example/', 'Callback URL contains a user name or password'],
		['a user in it', 'https://geheim@n8n.hospital.example/', 'Callback URL contains a user name or password'],
	])('refuses %s as callback URL', (_name, callbackUrl, message) => {
		const error = invalidInput(() => call({ callbackUrl }));
		expect([error.field, error.message]).toEqual(['Callback URL', message]);
		expect(textOf(error)).not.toContain('geheim');
	});

	it.each(['', ' ', null, undefined, 7])('refuses %j as patient', (patientId) => {
		expect(invalidInput(() => call({ patientId })).message).toBe('Patient ID is empty');
	});
});
