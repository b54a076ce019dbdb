import type { IDataObject } from 'n8n-workflow';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../engine/harness';
import { chain } from '../engine/roche';
import { type SandboxClient, startSandboxProcess } from '../sandbox/process';
import { FaultProxy } from './fault-proxy';
import { makeAuthorities, type Authorities } from './tls-servers';

/** A name that never exists (RFC 2606), and for which no proxy is used. */
export const UNKNOWN_HOST = 'partners.roche.invalid';

/** n8n's engine with the built package, a proxy with configurable faults, and the sandbox. */
export class Rig {
	private constructor(
		readonly sandbox: SandboxClient,
		readonly engine: Engine,
		readonly proxy: FaultProxy,
		/** CAs for clients and for servers, trusted and not. */
		readonly authorities: Authorities,
		private readonly folder: string,
	) {}

	/**
	 * @param coverage - folder for V8's coverage data of the engine process
	 * @param more - environment variables of that process
	 */
	static async start(coverage?: string, more: Record<string, string> = {}): Promise<Rig> {
		const [sandbox, authorities] = await Promise.all([startSandboxProcess(), makeAuthorities()]);
		const proxy = await FaultProxy.start(sandbox.info.proxyUrl);
		const folder = await mkdtemp(join(tmpdir(), 'roche-faults-'));
		const trusted = join(folder, 'trusted.pem');
		await writeFile(trusted, sandbox.info.s3Ca + authorities.server.pem);
		const env = {
			HTTPS_PROXY: proxy.url,
			NO_PROXY: `127.0.0.1,localhost,${UNKNOWN_HOST}`,
			NODE_EXTRA_CA_CERTS: trusted,
			NODE_V8_COVERAGE: coverage,
			...more,
		};
		return new Rig(sandbox, await Engine.start({ env }), proxy, authorities, folder);
	}

	async stop(): Promise<void> {
		await Promise.all([this.engine.stop(), this.sandbox.close(), this.proxy.stop()]);
		await rm(this.folder, { recursive: true, force: true });
	}

	/** Removes the last fault. */
	async reset(): Promise<void> {
		await this.proxy.reset();
		await this.sandbox.clearFaults();
		await this.sandbox.settings({ clockOffsetSeconds: 0, tokenLifetimeSeconds: 3600, awsResources: null });
		await this.sandbox.clearRequests();
	}

	private count = 0;

	/** Returns a credential that differs from all others, so it has no cached token and no open connection. */
	freshCredential(): IDataObject {
		const { credential } = this.sandbox.info;
		const { pem } = this.authorities.server;
		this.count += 1;
		return { ...credential, caCertificates: credential.caCertificates + pem.repeat(this.count) };
	}

	/** Returns AWS credentials as Roche Get Token outputs them for this credential. */
	async token(credential: IDataObject): Promise<IDataObject> {
		const run = await this.engine.runWorkflow({
			workflow: chain([{}], [{ type: 'rocheGetToken' }]),
			credentials: { rochePartnersServicesApi: credential as never },
		});
		const [item] = run.json('rocheGetToken');
		if (item === undefined) throw new Error(`There is no token: ${run.error?.message ?? run.status}`);
		return item;
	}
}
