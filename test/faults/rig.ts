import type { IDataObject } from 'n8n-workflow';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../engine/harness';
import { chain } from '../engine/roche';
import { type SandboxClient, startSandboxProcess } from '../sandbox/process';
import { FaultProxy } from './fault-proxy';
import { makeAuthorities, type Authorities } from './tls-servers';

/** A name that exists nowhere (RFC 2606), and that is reached without the proxy. */
export const UNKNOWN_HOST = 'partners.roche.invalid';

/** n8n's engine with the built package, behind a proxy that misbehaves when it is told to, and the sandbox. */
export class Rig {
	private constructor(
		readonly sandbox: SandboxClient,
		readonly engine: Engine,
		readonly proxy: FaultProxy,
		/** Sign servers that the engine trusts, and clients. */
		readonly authorities: Authorities,
		private readonly folder: string,
	) {}

	/**
	 * @param coverage - folder for what V8 notes of the engine's process
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

	/** Forgets the last fault. */
	async reset(): Promise<void> {
		await this.proxy.reset();
		await this.sandbox.clearFaults();
		await this.sandbox.settings({ clockOffsetSeconds: 0, tokenLifetimeSeconds: 3600, awsResources: null });
		await this.sandbox.clearRequests();
	}

	private count = 0;

	/** A credential that differs from all others, so that neither its token nor its connections have been used before. */
	freshCredential(): IDataObject {
		const { credential } = this.sandbox.info;
		const { pem } = this.authorities.server;
		this.count += 1;
		return { ...credential, caCertificates: credential.caCertificates + pem.repeat(this.count) };
	}

	/** AWS credentials as Roche Get Token puts them out for this credential. */
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
