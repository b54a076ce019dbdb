import type { EngineRun } from '../engine/engine-run';
import { type NotificationItem, Roche } from '../engine/roche';
import { Receiver } from '../ack/receiver';
import { n8nFolder, type N8nLine } from '../real-n8n/install';
import type { Fault, RecordedRequest } from '../sandbox/types';
import { build, LOOKUP, startItems, type StartItem } from './build';
import { fetchOf, type Failure, type FuzzCase, type Message } from './model';

/** A workflow that takes longer counts as hung. */
const RUN_TIMEOUT_MS = 30_000;
const FILE = 'delivery/fuzz/file.txt';
const MISSING_FILE = 'delivery/fuzz/missing.txt';

const ACK_FAULTS: Record<NonNullable<Message['ack']>, Fault> = {
	cut: { kind: 'drop', when: 'before-headers' },
	fails: { kind: 'status', status: 500 },
	'carried out, cut': { kind: 'process-then-drop' },
};

/** Nothing listens on port 9. */
const AWS = {
	region: 'eu-central-1',
	accessKeyId: 'a',
	secretAccessKey: 'b',
	customEndpoints: true,
	sqsEndpoint: 'http://127.0.0.1:9',
};

/** A request to the receiver. */
interface Delivery {
	step: string;
	/** Messages (`2`) and parts (`2/1`) to which it belongs. */
	keys: string[];
	well: boolean;
	/** ms since 1970. */
	at: number;
}

export interface Performance {
	run: EngineRun;
	deliveries: Delivery[];
	/** Whether the workflow did not end in time. */
	hung: boolean;
	/** The messages in order; empty in a rehearsal. */
	announced: NotificationItem[];
}

/** Returns all names in a field `of`, at any depth: keys of objects, and strings. */
export function keysIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	if (Array.isArray(value)) return value.flatMap(keysIn);
	return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

/** n8n's engine, the sandbox and the receiver, for many workflows in sequence or concurrently. */
export class Rig {
	private runs = 0;
	/** How often each failure has occurred, by the run's path. */
	private readonly failures = new Map<string, { failures: Failure[]; met: number[]; lookup: number | undefined }>();

	private constructor(
		private readonly roche: Roche,
		private readonly receiver: Receiver,
		private readonly credential: ReturnType<Roche['freshCredential']>,
	) {
		receiver.answer = (body, path) => this.answer(keysIn((body as { of?: unknown }).of), path);
		// New fields, except those that identify messages and parts for later steps.
		receiver.reply = (body) => ({ ...(body as object), stored: true });
	}

	/** @param packageDirectory another build of the package */
	static async start(line: N8nLine, packageDirectory?: string): Promise<Rig> {
		// n8n's newer expression engine starts an isolate for each run, which takes more time than the run.
		const engine = process.env.N8N_EXPRESSION_ENGINE ?? 'legacy';
		const quiet = { N8N_LOG_LEVEL: 'silent', N8N_EXPRESSION_ENGINE: engine };
		const [roche, receiver] = await Promise.all([
			Roche.start({}, quiet, { n8n: n8nFolder(line), ...(packageDirectory ? { packageDirectory } : {}) }),
			Receiver.start(),
		]);
		await roche.sandbox.addFile({
			kind: 'content',
			key: FILE,
			base64: Buffer.from('a file').toString('base64'),
			contentType: 'text/plain',
		});
		return new Rig(roche, receiver, roche.freshCredential());
	}

	async stop(): Promise<void> {
		await Promise.all([this.roche.stop(), this.receiver.stop()]);
	}

	/** Runs the workflow with its failures. */
	async perform(given: FuzzCase): Promise<Performance> {
		const announced = new Map<number, NotificationItem>();
		for (const [index, message] of given.messages.entries()) announced.set(index + 1, await this.announce(message));
		const items = startItems(given.messages).map((item) => ({ ...item, notification: announced.get(item.message) }));
		const performance = await this.carryOut(given, items, false);
		return { ...performance, announced: [...announced.values()] };
	}

	/** Runs it without Roche and without failures, to find what is due. */
	async rehearse(given: FuzzCase, items: StartItem[]): Promise<Performance> {
		return await this.carryOut(given, items, true);
	}

	/** Returns all ACK requests since the last call. */
	async takeAckRequests(): Promise<RecordedRequest[]> {
		const requests = await this.roche.sandbox.requests('ack');
		await this.roche.sandbox.clearRequests();
		return requests;
	}

	private async announce({ missing, ack }: Message): Promise<NotificationItem> {
		const { notification, operationId } = await this.roche.sandbox.notify({ objectKey: missing ? MISSING_FILE : FILE });
		const match = notification.MessageReceiptHandle;
		if (ack) await this.roche.sandbox.fault({ target: 'ack', match, fault: ACK_FAULTS[ack] });
		return { ...notification, operationId };
	}

	private async carryOut(given: FuzzCase, items: StartItem[], rehearsal: boolean): Promise<Performance> {
		const path = `/${++this.runs}`;
		const failures = rehearsal ? [] : given.failures;
		// A failure before Roche S3 Fetch does not hold a message back, so it also occurs in a rehearsal.
		const lookup = fetchOf(given.body)?.lookup?.fails;
		this.failures.set(path, { failures, met: failures.map(() => 0), lookup });
		const signal = AbortSignal.timeout(RUN_TIMEOUT_MS);
		const run = await this.roche.engine.runWorkflow({
			workflow: build(given, { items, url: this.receiver.url + path, rehearsal }),
			credentials: { rochePartnersServicesApi: this.credential as never, aws: AWS },
			binaryMode: 'default',
			signal,
		});
		this.failures.delete(path);
		const deliveries = this.receiver.take(`${path}/`).map(({ path: whole, body, status, at }): Delivery => {
			const keys = keysIn((body as { of?: unknown }).of);
			return { step: whole.slice(path.length + 1), keys, well: status === 200, at };
		});
		return {
			run,
			deliveries: deliveries.filter(({ step }) => step !== LOOKUP),
			hung: signal.aborted,
			announced: [],
		};
	}

	private answer(keys: string[], path: string): 200 | 500 | 'cut' {
		const [, run = '', step = ''] = path.split('/');
		const state = this.failures.get(`/${run}`);
		if (!state) return 200;
		if (step === LOOKUP) return keys.includes(`${state.lookup ?? ''}`) ? 500 : 200;
		const index = state.failures.findIndex((failure, i) => {
			const again = failure.nth === 'always' || state.met[i] === 0;
			return failure.step === step && again && keys.some((key) => overlap(key, failure.key));
		});
		const failure = state.failures[index];
		if (!failure) return 200;
		state.met[index] = (state.met[index] ?? 0) + 1;
		return failure.how;
	}
}

/** Whether two keys are equal, or one is a part of the other. */
export function overlap(one: string, other: string): boolean {
	return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
