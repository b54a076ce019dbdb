import { InvalidInputError } from '../errors/invalid-input-error';

/** The documented environments (API page, "API INFORMATION"); no other region is documented. */
const BASE_URLS = {
	demo: 'https://api-services-demo.rochedcplatform-sandbox.com/partners/services/api/',
	live: 'https://api-services-eu.rochedcplatform.com/partners/services/api/',
} as const;

/** Whether this is the base URL of the live environment. */
export function isLive({ host }: URL): boolean {
	return host === new URL(BASE_URLS.live).host;
}

const FIELD = 'Base URL';
const ADVICE =
	'Enter an https URL up to and including /partners/services/api/, such as https://HOST/partners/services/api/.';

/**
 * Returns the base URL of the API, with a slash at its end.
 * @param customUrl read for the environment `custom` only
 * @throws InvalidInputError when the environment is unknown or the custom URL cannot be used
 */
export function resolveBaseUrl(environment: string, customUrl: string | undefined): URL {
	if (environment === 'demo' || environment === 'live') return new URL(BASE_URLS[environment]);
	if (environment !== 'custom') {
		throw new InvalidInputError(
			'Environment',
			'Environment is not demo, live or custom',
			'Choose the environment in the credential.',
		);
	}
	const text = customUrl?.trim() ?? '';
	if (text === '') throw new InvalidInputError(FIELD, `${FIELD} is empty`, ADVICE);
	if (!URL.canParse(text)) throw new InvalidInputError(FIELD, `${FIELD} is not a URL`, ADVICE);
	const url = new URL(text);
	const problem = problemOf(url);
	if (problem) throw new InvalidInputError(FIELD, `${FIELD} ${problem}`, ADVICE);
	if (!url.pathname.endsWith('/')) url.pathname += '/';
	return url;
}

function problemOf(url: URL): string | undefined {
	if (url.protocol !== 'https:') return `is not an https URL (${url.protocol.slice(0, -1)})`;
	if (url.username || url.password) return 'contains a user name or password';
	if (url.search || url.hash) return 'contains a query or fragment';
	if (/\/v1(\/|$)/.test(url.pathname)) return 'is too long: it must end before "v1"';
	return undefined;
}
