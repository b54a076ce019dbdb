import type { IDataObject } from 'n8n-workflow';
import type { Checks } from '../e2e/checks';
import type { EngineRun } from '../engine/engine-run';
import { Engine } from '../engine/harness';
import { chain, type Step } from '../engine/roche';
import { CleanUp } from '../real-n8n/clean-up';
import type { SandboxClient } from '../sandbox/process';
import type { RecordedRequest, SandboxFile } from '../sandbox/types';
import type { ProxyPrograms } from './programs';
import { Squid, type SquidOptions } from './squid';
import { startTinyproxy, type Tinyproxy, type TinyproxyOptions } from './tinyproxy';

/** Unsets all proxy variables of the developer's machine. */
const NO_PROXIES = Object.fromEntries(
	['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
		[name, undefined],
		[name.toLowerCase(), undefined],
	]),
);

/** Shared by all checks. */
export interface Stage {
	checks: Checks;
	programs: ProxyPrograms;
	sandbox: SandboxClient;
	cleanUp: CleanUp;
}

/** A message from Roche, its file, and a pre-signed URL of this file in the field `link`. */
export interface Delivery {
	item: IDataObject & { MessageId: string };
	file: SandboxFile;
}

let fresh = 0;
let files = 0;

/** Proxies and n8n for one check, in front of the sandbox. */
export class Scene {
	readonly sandbox: SandboxClient;

	private engineNow: Engine | undefined;

	constructor(
		private readonly stage: Stage,
		private readonly cleanUp: CleanUp,
	) {
		this.sandbox = stage.sandbox;
	}

	/** Port of the sandbox's proxy, the parent of the proxies here. */
	get parentPort(): number {
		return Number(new URL(this.sandbox.info.proxyUrl).port);
	}

	/** The running n8n. */
	get engine(): Engine {
		if (!this.engineNow) throw new Error('n8n has not been started');
		return this.engineNow;
	}

	/** Starts a squid whose parent is the sandbox's proxy, unless the options say otherwise. */
	async squid(options: SquidOptions = {}): Promise<Squid> {
		return await Squid.start(this.cleanUp, this.stage.programs, { parentPort: this.parentPort, ...options });
	}

	async tinyproxy(account?: TinyproxyOptions['account']): Promise<Tinyproxy> {
		return await startTinyproxy(this.cleanUp, this.stage.programs, { parentPort: this.parentPort, account });
	}

	/** Starts n8n with these variables, and stops the previous one. */
	async startN8n(variables: Record<string, string>): Promise<void> {
		await this.stopN8n();
		const engine = await Engine.start({
			env: { ...NO_PROXIES, NODE_EXTRA_CA_CERTS: this.sandbox.info.s3CaFile, ...variables },
		});
		this.cleanUp.add(async () => await engine.stop());
		this.engineNow = engine;
	}

	/** Stops n8n and closes all its connections: a proxy logs a tunnel when it is closed. */
	async stopN8n(): Promise<void> {
		await this.engineNow?.stop();
		this.engineNow = undefined;
	}

	/** Returns a credential that differs from all others, so there is no cached token or open connection for it. */
	freshCredential(changes: IDataObject = {}): IDataObject {
		const { credential } = this.sandbox.info;
		fresh += 1;
		return { ...credential, caCertificates: credential.caCertificates.repeat(1 + fresh), ...changes };
	}

	async deliveries(count: number): Promise<Delivery[]> {
		const made = [];
		for (let i = 0; i < count; i++) {
			files += 1;
			const key = `delivery/proxies/${files}.json`;
			const file = await this.sandbox.addFile({ kind: 'bundle', observations: 5, seed: files, key });
			const { notification, operationId } = await this.sandbox.notify({ objectKey: file.key });
			const link = await this.sandbox.presign({ objectKey: file.key, expiresSeconds: 600 });
			made.push({ item: { ...notification, operationId, link }, file });
		}
		return made;
	}

	async run(items: object[], steps: Step[], credential = this.freshCredential()): Promise<EngineRun> {
		return await this.engine.runWorkflow({
			workflow: chain(items, steps),
			credentials: { rochePartnersServicesApi: credential as never },
			binaryMode: 'filesystem',
		});
	}

	/** Returns the output of Roche Get Token for this message, fetched without the proxies of the scene. */
	async withToken(item: IDataObject, credential: IDataObject): Promise<IDataObject> {
		await this.startN8n({ HTTPS_PROXY: this.sandbox.info.proxyUrl });
		const run = await this.run([item], [{ type: 'rocheGetToken' }], credential);
		await this.stopN8n();
		await this.sandbox.clearRequests();
		const [made] = run.json('rocheGetToken');
		if (made === undefined) throw new Error(`There is no token: ${run.error?.message ?? run.status}`);
		return made;
	}

	/** Returns the requests of the proxies to the sandbox's own proxy. */
	async tunnels(): Promise<RecordedRequest[]> {
		return await this.sandbox.requests('proxy');
	}

	/** Returns the ids of the acknowledged messages. */
	async acknowledged(): Promise<string[]> {
		const { messages } = await this.sandbox.state();
		return messages.filter((message) => message.acknowledged).map(({ messageId }) => messageId);
	}
}

/** Runs one check with its own proxies and n8n, and stops them afterwards in any case. */
export async function scene(stage: Stage, name: string, work: (scene: Scene) => Promise<void>): Promise<void> {
	const cleanUp = new CleanUp();
	stage.cleanUp.add(async () => await cleanUp.run());
	await stage.checks.check(name, async () => {
		try {
			await stage.sandbox.clearFaults();
			await stage.sandbox.clearRequests();
			await work(new Scene(stage, cleanUp));
		} finally {
			await cleanUp.run();
		}
	});
}
