import { resolveBaseUrl } from '../../nodes/shared/partners-services/environments';
import { invalidInput, textOf } from './support/expect-error';

const custom = (url: string | undefined) => resolveBaseUrl('custom', url).href;

describe('the documented environments', () => {
	it.each([
		['demo', 'https://api-services-demo.rochedcplatform-sandbox.com/partners/services/api/'],
		['live', 'https://api-services-eu.rochedcplatform.com/partners/services/api/'],
	])('%s is the URL of the API page', (environment, url) => {
		expect(resolveBaseUrl(environment, undefined).href).toBe(url);
	});

	it('a custom URL left in the credential is not used', () => {
		expect(resolveBaseUrl('demo', 'http://elsewhere.example/').host).toBe(
			'api-services-demo.rochedcplatform-sandbox.com',
		);
	});

	it.each(['', 'prod', 'DEMO', 'constructor', 'toString'])('"%s" is not one of them', (environment) => {
		const error = invalidInput(() => resolveBaseUrl(environment, undefined));
		expect(error.message).toBe('Environment is not demo, live or custom');
	});
});

describe('a custom base URL', () => {
	const EXPECTED = 'https://api.example.org/partners/services/api/';

	it.each([
		['as documented', EXPECTED],
		['without the slash at its end', EXPECTED.slice(0, -1)],
		['with spaces and line breaks around it', ` \t${EXPECTED}\n`],
		['in upper case', EXPECTED.replace('https://api.example.org', 'HTTPS://API.EXAMPLE.ORG')],
		['with the usual port', EXPECTED.replace('.org', '.org:443')],
	])('%s', (_name, url) => {
		expect(custom(url)).toBe(EXPECTED);
	});

	it('paths of services are appended to it and do not replace its last part', () => {
		const url = resolveBaseUrl('custom', EXPECTED.slice(0, -1));
		expect(new URL('v1/token', url).href).toBe(`${EXPECTED}v1/token`);
	});

	it('may have a port and another path', () => {
		expect(custom('https://localhost:8443/x')).toBe('https://localhost:8443/x/');
	});

	it.each([
		['nothing', undefined, 'is empty'],
		['spaces', '  ', 'is empty'],
		['a host name alone', 'api.example.org', 'is not a URL'],
		['a path', '/partners/services/api/', 'is not a URL'],
		['http', 'http://api.example.org/partners/services/api/', 'is not an https URL (http)'],
		['another scheme', 'ftp://api.example.org/', 'is not an https URL (ftp)'],
		['a user name', 'https://user@api.example.org/partners/services/api/', 'contains a user name or password'],
		['a password', 'https://:geheim@api.example.org/partners/services/api/', 'contains a user name or password'],
		['a query', `${EXPECTED}?key=geheim`, 'contains a query or fragment'],
		['a fragment', `${EXPECTED}#geheim`, 'contains a query or fragment'],
		['the version', `${EXPECTED}v1`, 'is too long: it must end before "v1"'],
		['the version and a slash', `${EXPECTED}v1/`, 'is too long: it must end before "v1"'],
		['a whole service', `${EXPECTED}v1/token`, 'is too long: it must end before "v1"'],
	])('%s is refused', (_name, url, problem) => {
		const error = invalidInput(() => custom(url));
		expect({ field: error.field, message: error.message }).toEqual({
			field: 'Base URL',
			message: `Base URL ${problem}`,
		});
		expect(error.advice).toContain('up to and including /partners/services/api/');
		expect(textOf(error)).not.toContain('geheim');
	});
});
