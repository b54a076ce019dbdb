import { getDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { egressLookup } from './egress';
import { LruCache } from './lru-cache';
import { byProxy } from './proxy';
import { makeSecureContext, type TlsMaterial } from './secure-context';
import { watchTlsAlerts } from './tls-alerts';
import { tunnelClient } from './tunnel-client';
import { onceMade } from './once';

/** Time to open a connection, proxy and TLS handshake included, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * Time for one of several addresses of a host before the next one is tried, in ms. Node's own 250 ms are less than a connection over a slow link
 * takes, which then fails at all addresses; a packet that is lost is sent again after a second.
 */
const ADDRESS_TIMEOUT_MS = 1500;
/** Dispatchers kept: one per credential in use, and some for credentials that were edited. Idle connections close by themselves after 4 s (undici). */
const KEPT_DISPATCHERS = 20;

/** What mutual TLS needs. */
export interface MutualTls extends TlsMaterial {
	/** Stands for all of it in the pool. */
	fingerprint: string;
}

const pool = new LruCache<() => Promise<Dispatcher>>(KEPT_DISPATCHERS);

/** The pooled dispatcher that presents a client certificate, through the proxy or directly as NO_PROXY says. */
export function mutualTlsDispatcher(identity: MutualTls): Promise<Dispatcher> {
	const dispatcher = pool.getOrMake(identity.fingerprint, () =>
		onceMade(() => makeDispatcher(makeSecureContext(identity))),
	);
	return dispatcher();
}

/** The pooled dispatcher for S3: without the client certificate, which is for Roche's API alone. */
export const storageDispatcher = onceMade<Dispatcher>(() => makeDispatcher(makeSecureContext()));

async function makeDispatcher(secureContext: SecureContext): Promise<Dispatcher> {
	const { Agent, Pool, ProxyAgent } = await import('./vendor/undici');
	watchTlsAlerts();
	// Whatever NODE_TLS_REJECT_UNAUTHORIZED of the n8n process says: it is meant for other hosts, and secrets and health data go to these.
	const verified = { rejectUnauthorized: true } as const;
	const requestTls = { secureContext, ...verified, timeout: CONNECT_TIMEOUT_MS };
	const addresses = { autoSelectFamilyAttemptTimeout: addressTimeout() };
	const direct = new Agent({ connect: { ...requestTls, ...addresses, lookup: egressLookup } });
	return byProxy(
		direct,
		(proxy) =>
			new ProxyAgent({
				...proxy,
				requestTls,
				proxyTls: { ...verified, ...addresses },
				clientFactory: (origin, options) => tunnelClient(Pool, origin, options),
			}),
	);
}

/** Whoever gives Node more time (`--network-family-autoselection-attempt-timeout`) has a reason. */
function addressTimeout(): number {
	return Math.max(ADDRESS_TIMEOUT_MS, getDefaultAutoSelectFamilyAttemptTimeout());
}
