import { getDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import * as tls from 'node:tls';
import type { Dispatcher } from 'undici';
import { egressLookup } from './egress';
import { LruCache } from './lru-cache';
import { byProxy } from './proxy';
import { watchTlsAlerts } from './tls-alerts';
import { tunnelClient } from './tunnel-client';
import { whenNeeded } from './when-needed';

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
export interface MutualTls {
	/** Stands for all of it in the pool. */
	fingerprint: string;
	certificateChain: string;
	privateKey: string;
	/** CA certificates that are trusted beside the default ones. */
	authorities: string[];
}

const pool = new LruCache<() => Promise<Dispatcher>>(KEPT_DISPATCHERS);

/** The pooled dispatcher that presents a client certificate, through the proxy or directly as NO_PROXY says. */
export function mutualTlsDispatcher(identity: MutualTls): Promise<Dispatcher> {
	const dispatcher = pool.getOrMake(identity.fingerprint, () => {
		const { certificateChain: cert, privateKey: key, authorities } = identity;
		// `ca` replaces the default certificates, so it is left out unless there is something to add.
		const ca = authorities.length > 0 && { ca: [...defaultAuthorities(), ...authorities] };
		return whenNeeded(() => makeDispatcher({ cert, key, ...ca }));
	});
	return dispatcher();
}

/** The pooled dispatcher for S3: without the client certificate, which is for Roche's API alone. */
export const storageDispatcher = whenNeeded<Dispatcher>(() => makeDispatcher({}));

async function makeDispatcher(secureContext: tls.SecureContextOptions): Promise<Dispatcher> {
	const { Agent, Pool, ProxyAgent } = await import('./vendor/undici');
	watchTlsAlerts();
	// Whatever NODE_TLS_REJECT_UNAUTHORIZED of the n8n process says: it is meant for other hosts, and secrets and health data go to these.
	const verified = { rejectUnauthorized: true } as const;
	const requestTls = { ...secureContext, ...verified, timeout: CONNECT_TIMEOUT_MS };
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

/** Node's own list and what NODE_EXTRA_CA_CERTS adds; Node 20 can name its own list only. */
function defaultAuthorities(): readonly string[] {
	const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
	return getCACertificates?.('default') ?? tls.rootCertificates;
}
