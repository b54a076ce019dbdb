import type { IDataObject, INode, NodeParameterValueType } from 'n8n-workflow';
import { freshCredential } from '../sandbox/fresh-credential';
import { type SandboxClient, startSandboxProcess } from '../sandbox/process';
import type { RocheNotification, SandboxFile, SandboxOptions } from '../sandbox/types';
import type { EngineRun } from './engine-run';
import { Engine, type EngineOptions } from './harness';
import type { RunRequest, WorkflowJson } from './protocol';

const PACKAGE = 'n8n-nodes-roche-partners-services';

/** A notification as an item of a workflow. */
export type NotificationItem = RocheNotification & { operationId: string };

export type RocheNode =
	'rocheGetToken' | 'rocheS3Fetch' | 'rocheNotificationAck' | 'rocheInbox' | 'rocheSandboxNotification';

/** A node of a test's workflow. By default its name is its type, so results are read by `run.json('rocheGetToken')`. */
export interface Step {
	type:
		RocheNode | `test.${'fail' | 'reverse' | 'answer' | 'double' | 'gather' | 'record'}` | `n8n-nodes-base.${string}`;
	/** Default: 1. */
	typeVersion?: number;
	/** On the canvas; it determines n8n's order if several steps are next. Default: one row, from left to right. */
	position?: INode['position'];
	disabled?: boolean;
	alwaysOutputData?: boolean;
	/** "On Error" as n8n saved it before `onError` existed. */
	continueOnFail?: boolean;
	parameters?: Record<string, NodeParameterValueType>;
	onError?: INode['onError'];
	retryOnFail?: boolean;
	executeOnce?: boolean;
	name?: string;
	/** Names of the steps that each output leads to (`Merge:1`: to its second input); default: the first output to the step after this one. */
	next?: string[][];
	/** Pinned output in the editor. */
	pinned?: object[];
}

export interface RunSettings extends Partial<RunRequest> {
	/** Settings of the workflow. */
	settings?: WorkflowJson['settings'];
	/** Default: a new one. */
	credential?: IDataObject;
	/** Credential that the trigger expects from Roche; default: none. */
	webhookCredential?: IDataObject;
	signal?: AbortSignal;
}

/** Environment variables, which may depend on the URL of the sandbox's proxy. */
type Environment = Record<string, string> | ((proxyUrl: string) => Record<string, string>);

/** Setup of the engine process; `n8n` is the folder of an installed n8n, whose own nodes are then used. */
type Setup = Pick<EngineOptions, 'n8n' | 'packageDirectory'>;

/** The built package on n8n's engine, and the sandbox, which it calls under the production host names. */
export class Roche {
	private parts?: { engine: Engine; sandbox: SandboxClient };

	/** @param env more environment variables for n8n's process */
	static async start(options: SandboxOptions = {}, env: Environment = {}, setup: Setup = {}): Promise<Roche> {
		const roche = new Roche();
		await roche.begin(options, env, setup);
		return roche;
	}

	/** Creates one for all tests of a file: started before them, reset before each, stopped after them. */
	static forAllTests(setup: Setup = {}): Roche {
		const roche = new Roche();
		beforeAll(async () => await roche.begin({}, {}, setup));
		afterAll(async () => await roche.stop());
		beforeEach(async () => await roche.reset());
		return roche;
	}

	get engine(): Engine {
		return this.started().engine;
	}

	get sandbox(): SandboxClient {
		return this.started().sandbox;
	}

	async stop(): Promise<void> {
		await Promise.all([this.parts?.engine.stop(), this.parts?.sandbox.close()]);
	}

	private async begin(options: SandboxOptions, env: Environment, setup: Setup): Promise<void> {
		const sandbox = await startSandboxProcess(options);
		const { proxyUrl, s3CaFile } = sandbox.info;
		const variables = { HTTPS_PROXY: proxyUrl, NO_PROXY: '127.0.0.1,localhost', NODE_EXTRA_CA_CERTS: s3CaFile };
		const more = typeof env === 'function' ? env(proxyUrl) : env;
		this.parts = { sandbox, engine: await Engine.start({ ...setup, env: { ...variables, ...more } }) };
	}

	private started(): { engine: Engine; sandbox: SandboxClient } {
		if (!this.parts) throw new Error('Not started yet: use it inside a test');
		return this.parts;
	}

	/** Clears faults, settings of the proxy and the list of requests. */
	async reset(): Promise<void> {
		await this.sandbox.clearFaults();
		await this.sandbox.settings({ proxy: null, clockOffsetSeconds: 0, tokenLifetimeSeconds: 3600, awsResources: null });
		await this.sandbox.clearRequests();
	}

	/** Returns a credential that differs from all others, so no token of another test is reused. */
	freshCredential(changes: IDataObject = {}): IDataObject {
		const { credential } = this.sandbox.info;
		return { ...freshCredential(credential), ...changes };
	}

	/** Runs items through steps, one after the other. */
	async run(
		items: object[],
		steps: Step[],
		{ credential = this.freshCredential(), webhookCredential, settings, credentials, ...more }: RunSettings = {},
	): Promise<EngineRun> {
		return await this.engine.runWorkflow({
			workflow: { ...chain(items, steps), settings },
			credentials: {
				rochePartnersServicesApi: credential as never,
				rocheNotificationWebhookApi: (webhookCredential ?? {}) as never,
				...credentials,
			},
			...more,
		});
	}

	/** Returns the ids of the messages that are acknowledged in the sandbox. */
	async acknowledged(): Promise<string[]> {
		const { messages } = await this.sandbox.state();
		return messages.filter((message) => message.acknowledged).map(({ messageId }) => messageId);
	}

	/** Creates files and a notification for each. */
	async notifications(count: number): Promise<Array<{ item: NotificationItem; file: SandboxFile }>> {
		const made = [];
		for (let seed = 1; seed <= count; seed++) {
			const file = await this.sandbox.addFile({ kind: 'bundle', observations: 5, seed });
			const { notification, operationId } = await this.sandbox.notify({ objectKey: file.key });
			made.push({ item: { ...notification, operationId }, file });
		}
		return made;
	}
}

/** Returns a workflow as a user would build it: a manual trigger with pinned items, then the steps, in a row unless they define `next`. */
export function chain(items: object[], steps: Step[]): WorkflowJson {
	const trigger: INode = {
		id: 'start',
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const nodes = steps.map(
		({ type, parameters = {}, name = type, next: _next, pinned: _pinned, ...rest }, index): INode => ({
			id: `${index}`,
			name,
			type: type.startsWith('roche') ? `${PACKAGE}.${type}` : type,
			typeVersion: 1,
			position: [200 * (index + 1), 0],
			parameters,
			...rest,
		}),
	);
	const names = ['Start', ...nodes.map(({ name }) => name)];
	const link = (target: string) => {
		const [node = '', input = '0'] = target.split(':');
		return { node, type: 'main' as const, index: Number(input) };
	};
	const connections = Object.fromEntries(
		names.map((name, index) => {
			const outputs = steps[index - 1]?.next ?? [names.slice(index + 1, index + 2)];
			return [name, { main: outputs.map((targets) => targets.map(link)) }];
		}),
	);
	const pins = [items, ...steps.map(({ pinned }) => pinned)];
	const pinData = Object.fromEntries(
		names.flatMap((name, index) => {
			const pinned = pins[index];
			return pinned === undefined ? [] : [[name, pinned.map((json) => ({ json: { ...json } }))]];
		}),
	);
	return { nodes: [trigger, ...nodes], connections, pinData };
}

/** Returns the field `ack` of each item that Roche Notification ACK output. */
export function acknowledgements(run: EngineRun): IDataObject[] {
	return run.json('rocheNotificationAck').map(({ ack }) => ack as IDataObject);
}
