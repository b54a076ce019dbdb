import { getDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { egressLookup } from './egress';
import { LruCache } from './lru-cache';
import { byProxy } from './proxy';
import { makeSecureContext, type TlsMaterial } from './secure-context';
import { type Connecting, withTlsAlerts } from './tls-alerts';
import { tunnelClient } from './tunnel-client';
import { onceMade } from './once';

/** Time to open a connection, proxy and TLS handshake included, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * Time for one of several addresses of a host before the next one is tried, in ms. Node's default of 250 ms is too short for a slow link, where all
 * addresses then fail; a lost packet is sent again after a second.
 */
const ADDRESS_TIMEOUT_MS = 1500;
/** Dispatchers kept: one per credential in use, and some for credentials that were edited. undici closes idle connections after 4 s. */
const KEPT_DISPATCHERS = 20;

/** What mutual TLS needs. */
export interface MutualTls extends TlsMaterial {
	/** Key in the pool. */
	fingerprint: string;
}

const pool = new LruCache<() => Promise<Dispatcher>>(KEPT_DISPATCHERS);

/** Returns the pooled dispatcher that presents a client certificate. It uses the proxy of the environment unless NO_PROXY exempts the host. */
export function mutualTlsDispatcher(identity: MutualTls): Promise<Dispatcher> {
	const dispatcher = pool.getOrMake(identity.fingerprint, () =>
		onceMade(() => makeDispatcher(makeSecureContext(identity))),
	);
	return dispatcher();
}

/** Returns the shared dispatcher for S3, without the client certificate, which is only for Roche's API. */
export const storageDispatcher = onceMade<Dispatcher>(() => makeDispatcher(makeSecureContext()));

async function makeDispatcher(secureContext: SecureContext): Promise<Dispatcher> {
	const { Agent, buildConnector, Pool, ProxyAgent } = await import('./vendor/undici');
	// Overrides NODE_TLS_REJECT_UNAUTHORIZED of the n8n process, which is meant for other hosts: these receive secrets and health data.
	const verified = { rejectUnauthorized: true } as const;
	const requestTls = { secureContext, ...verified, timeout: CONNECT_TIMEOUT_MS };
	const addresses = { autoSelectFamilyAttemptTimeout: addressTimeout() };
	const connect = buildConnector({ ...requestTls, ...addresses, lookup: egressLookup });
	const direct = new Agent(withTlsAlerts({ connect }));
	return byProxy(
		direct,
		(proxy) =>
			new ProxyAgent({
				...proxy,
				requestTls,
				proxyTls: { ...verified, ...addresses },
				clientFactory: (origin, options) => tunnelClient(Pool, origin, options),
				factory: (origin, options: Connecting) => new Pool(origin, withTlsAlerts(options)),
			}),
	);
}

/** In ms. Respects a longer time that was set for Node (`--network-family-autoselection-attempt-timeout`). */
function addressTimeout(): number {
	return Math.max(ADDRESS_TIMEOUT_MS, getDefaultAutoSelectFamilyAttemptTimeout());
}
