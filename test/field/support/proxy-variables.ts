const NAMES = [
	'https_proxy',
	'HTTPS_PROXY',
	'all_proxy',
	'ALL_PROXY',
	'no_proxy',
	'NO_PROXY',
	'http_proxy',
	'HTTP_PROXY',
];

/** A proxy's password, for which errors are searched. */
export const PASSWORD = 'wort-des-proxys';

/** Sets these proxy variables in the environment of the process, and removes all others. */
export function setProxies(variables: Record<string, string>): void {
	for (const name of NAMES) Reflect.deleteProperty(process.env, name);
	Object.assign(process.env, variables);
}

/** Restores the proxy variables after all tests of a file. */
export function restoreProxies(): void {
	const before = Object.fromEntries(
		NAMES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
	) as Record<string, string>;
	afterAll(() => setProxies(before));
}
