import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlServer } from './control';
import { EmrStub } from './emr';
import { FaultQueue } from './faults';
import { API_PATH, DEMO_HOST, LIVE_HOST } from './hosts';
import { makeIdentities, type Identities } from './identities';
import { Notifications } from './notifications';
import { ObjectStore } from './object-store';
import { partnersServices } from './partners-services';
import { connectProxy } from './proxy';
import { RequestLog } from './request-log';
import { accessPointHost, s3Front } from './s3';
import { announcePreloaded } from './preloaded';
import { presignUrl } from './s3-auth';
import { ConnectionLog, closeServer, listen } from './servers';
import { TokenStore } from './tokens';
import { SandboxRequestError } from './request-error';
import type { SandboxInfo, SandboxOptions, SandboxSettings } from './types';

/** Account and name from the sample of Roche's guide. */
const ACCESS_POINT = 'arn:aws:s3:us-east-1:019364481091:accesspoint/2291405';
const OTHER_ACCESS_POINT = 'arn:aws:s3:eu-central-1:019364481091:accesspoint/other-clinic';
const BUCKETS = new Map([
	[ACCESS_POINT, 'sandbox-emr-2291405'],
	[OTHER_ACCESS_POINT, 'sandbox-emr-other-clinic'],
]);
/** From the sample of Roche's API page. */
const ORG_ID = '3.16.724.4.41';

/** A sandbox running in this process. */
export interface Sandbox {
	info: SandboxInfo;
	close: () => Promise<void>;
}

function settingsFrom(options: SandboxOptions): SandboxSettings {
	return {
		tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 3600,
		redeliverySpeed: options.redeliverySpeed ?? 1,
		staleHandle: options.staleHandle ?? 'reject',
		proxy: options.proxy ?? null,
		clockOffsetSeconds: options.clockOffsetSeconds ?? 0,
		awsResources: options.awsResources ?? null,
		latencyMs: options.latencyMs ?? 0,
		emrStatus: options.emrStatus ?? null,
		contentEncoding: options.contentEncoding ?? null,
		charset: options.charset ?? null,
	};
}

/**
 * Starts the stand-in for Roche on loopback: Partners Services API, S3 access points, notifications, the proxy that makes them available
 * under their production names, and the control API. Keys, certificates and the client secret are new each time.
 *
 * @throws Error if a requested port is in use
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const settings = settingsFrom(options);
	const now = () => Date.now() + settings.clockOffsetSeconds * 1000;
	const [identities, store] = await Promise.all([
		makeIdentities(options.serverCertificate),
		ObjectStore.start(BUCKETS),
	]);
	const tokens = new TokenStore(settings, ACCESS_POINT, now);
	const presign = presigner(tokens, now);
	const notifications = new Notifications({ orgId: ORG_ID, accessPoint: ACCESS_POINT, settings, presign });
	const shared = {
		settings,
		store,
		tokens,
		notifications,
		presign,
		now,
		faults: new FaultQueue(),
		log: new RequestLog(),
	};
	const client = { clientId: randomBytes(16).toString('hex'), clientSecret: randomBytes(24).toString('base64url') };
	const running = await startServers(options, identities, { ...shared, ...client });
	const directory = await mkdtemp(join(tmpdir(), 'roche-sandbox-'));
	const s3CaFile = join(directory, 's3-ca.pem');
	await writeFile(s3CaFile, identities.s3.caBundle);
	return {
		info: {
			...running.urls,
			...describe(identities, client),
			s3CaFile,
		},
		close: async () => {
			notifications.close();
			await Promise.all(running.servers.map(closeServer));
			await store.close();
			await rm(directory, { recursive: true, force: true });
		},
	};
}

function presigner(tokens: TokenStore, now: () => number) {
	return (objectKey: string, expiresSeconds: number, accessPoint: string): string => {
		if (!BUCKETS.has(accessPoint)) throw new SandboxRequestError(`No such access point: ${accessPoint}`);
		const { host, region } = accessPointHost(accessPoint);
		return presignUrl(tokens.signer, { host, region, objectKey, expiresSeconds, now: now() });
	};
}

type Shared = Omit<
	Parameters<typeof partnersServices>[0],
	'identity' | 'serverChain' | 'refused' | 'orgId' | 'announce'
> &
	Omit<Parameters<typeof s3Front>[0], 'identity' | 'buckets'> &
	Omit<Parameters<typeof controlServer>[0], 'accessPoint' | 'connections' | 'emr'>;

async function startServers(options: SandboxOptions, identities: Identities, shared: Shared) {
	const connections = new ConnectionLog();
	const api = partnersServices({
		...shared,
		identity: identities.api,
		serverChain: options.serverChain,
		refused: identities.others.refused,
		orgId: ORG_ID,
		announce: (body) => announcePreloaded({ ...shared, accessPoint: ACCESS_POINT }, body),
	});
	const s3 = s3Front({ ...shared, identity: identities.s3, buckets: BUCKETS });
	connections.watch(api, 'api');
	connections.watch(s3, 's3');
	const [apiPort, s3Port] = await Promise.all([listen(api), listen(s3)]);
	const proxy = connectProxy({ ...shared, apiPort, s3Port, connections });
	const control = controlServer({ ...shared, accessPoint: ACCESS_POINT, connections, emr: new EmrStub() });
	const proxyPort = await listen(proxy, options.proxyPort);
	const controlPort = await listen(control, options.controlPort);
	const servers: Array<HttpServer | HttpsServer> = [proxy, control, api, s3];
	return {
		servers,
		urls: {
			controlUrl: `http://127.0.0.1:${controlPort}`,
			proxyUrl: `http://127.0.0.1:${proxyPort}`,
			apiBaseUrl: `https://${DEMO_HOST}${API_PATH}`,
			liveApiBaseUrl: `https://${LIVE_HOST}${API_PATH}`,
			customApiBaseUrl: `https://localhost:${apiPort}${API_PATH}`,
		},
	};
}

function describe(identities: Identities, client: { clientId: string; clientSecret: string }) {
	return {
		orgId: ORG_ID,
		credential: {
			environment: 'demo',
			baseUrl: '',
			orgId: ORG_ID,
			...client,
			...identities.client,
			caCertificates: identities.api.caBundle,
		},
		identities: identities.others,
		accessPoint: ACCESS_POINT,
		otherAccessPoint: OTHER_ACCESS_POINT,
		s3Ca: identities.s3.caBundle,
	} as const;
}
