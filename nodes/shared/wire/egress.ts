import * as dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { networkFailure } from '../failures/network';
import { failureCode } from './failure-code';

/** Decides which addresses may be connected to. n8n 2.x has one filter for the whole process (`NodeEgressFilter` of n8n-workflow). */
export interface EgressFilter {
	validateUrl(url: URL): Promise<{ ok: true } | { ok: false; error: Error }>;
	createSecureLookup(): LookupFunction;
}

const BLOCKED = 'EGRESS_BLOCKED';

let current: EgressFilter | undefined;

/**
 * Whether n8n is set to protect internal addresses, but its filter is not known yet: n8n gives it only to running nodes
 * (`SsrfProtectionConfig` of @n8n/config 2.38).
 */
export function isFilterMissing(env: NodeJS.ProcessEnv): boolean {
	return current === undefined && /^(true|1)$/i.test(env.N8N_SSRF_PROTECTION_ENABLED ?? '');
}

/** Sets the filter for all later requests; undefined allows every address. */
export function obeyEgressFilter(filter: EgressFilter | undefined): void {
	current = filter;
}

/**
 * Checks a URL against the filter, before anything is sent.
 * @throws ServiceError when the filter refuses the URL, or when the host's address cannot be found
 */
export async function checkEgress(url: URL): Promise<void> {
	if (current === undefined) return;
	const result = await current.validateUrl(url).catch((error: unknown) => {
		throw networkFailure(failureCode(error), url.host);
	});
	if (!result.ok) throw networkFailure(BLOCKED, url.host);
}

/** DNS lookup for direct connections. The filter checks the very address that is connected to, so a second, different DNS answer cannot bypass it. */
export const egressLookup: LookupFunction = (hostname, options, callback) => {
	const lookup = current?.createSecureLookup() ?? dns.lookup;
	lookup(hostname, options, (error, address, family) => {
		// n8n's refusals have no code; DNS errors have one.
		if (error && error.code === undefined) error.code = BLOCKED;
		callback(error, address, family);
	});
};
