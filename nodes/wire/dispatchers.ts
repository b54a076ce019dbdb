import * as tls from 'node:tls';
import type { Dispatcher, EnvHttpProxyAgent } from 'undici';
import { networkFailure } from '../errors/network-failures';
import { egressLookup } from './egress';
import { LruCache } from './lru-cache';
import { watchTlsAlerts } from './tls-alerts';
import { tunnelClient } from './tunnel-client';
import { whenNeeded } from './when-needed';

/** Time to open a connection, proxy and TLS handshake included, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;
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

async function makeDispatcher(secureContext: tls.SecureContextOptions): Promise<EnvHttpProxyAgent> {
	const { EnvHttpProxyAgent, Pool } = await import('./vendor/undici');
	watchTlsAlerts();
	const proxy = httpsProxy(process.env);
	// undici would also try SOCKS, through which mutual TLS is not tested here.
	if (proxy !== '' && !/^https?:/i.test(proxy)) throw networkFailure('PROXY_INVALID', '');
	// Whatever NODE_TLS_REJECT_UNAUTHORIZED of the n8n process says: it is meant for other hosts, and secrets and health data go to these.
	const verified = { rejectUnauthorized: true } as const;
	const requestTls = { ...secureContext, ...verified, timeout: CONNECT_TIMEOUT_MS };
	try {
		return new EnvHttpProxyAgent({
			httpsProxy: proxy,
			// Every request is https; undici would send it to the proxy for http where there is no other.
			httpProxy: '',
			// `connect` is for direct connections, `requestTls` for those inside a proxy's tunnel.
			connect: { ...requestTls, lookup: egressLookup },
			requestTls,
			proxyTls: verified,
			clientFactory: (origin, options) => tunnelClient(Pool, origin, options),
		});
	} catch {
		// The URL parser's error holds the proxy's URL, and with it the password: it goes no further.
		throw networkFailure('PROXY_INVALID', '');
	}
}

/**
 * The proxy for https URLs, found as n8n's own requests find it: undici knows neither ALL_PROXY nor that an empty variable counts as
 * one that is not set. NO_PROXY is read by undici.
 */
function httpsProxy(env: NodeJS.ProcessEnv): string {
	const names = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
	return names.map((name) => env[name] ?? '').find((value) => value !== '') ?? '';
}

/** Node's own list and what NODE_EXTRA_CA_CERTS adds; Node 20 can name its own list only. */
function defaultAuthorities(): readonly string[] {
	const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
	return getCACertificates?.('default') ?? tls.rootCertificates;
}
