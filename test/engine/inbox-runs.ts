import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NotificationItem, Roche, type Step } from './roche';

export const TOKEN: Step = { type: 'rocheGetToken' };
export const FETCH: Step = { type: 'rocheS3Fetch' };
export const ACK: Step = { type: 'rocheNotificationAck' };
export const ANSWER: Step = { type: 'test.answer', name: 'Deliver' };

/** A step Roche Inbox, named after its operation. */
export function inbox(folder: string, operation: string, more: Partial<Step> & { resource?: string } = {}): Step {
	const { resource = 'file', parameters, ...rest } = more;
	return { type: 'rocheInbox', name: operation, parameters: { resource, operation, folder, ...parameters }, ...rest };
}

export const claim = (folder: string, most = 10): Step => inbox(folder, 'claim', { parameters: { most } });

/** An engine that may use one folder, in which each test has its own inbox. */
export class InboxRig {
	readonly allowed = mkdtempSync(join(tmpdir(), 'roche-inbox-engine-'));
	private started: Roche | undefined;
	private count = 0;

	/** Starts the engine before all tests of a file, and stops it after them. */
	static forAllTests(): InboxRig {
		const rig = new InboxRig();
		beforeAll(async () => {
			rig.started = await Roche.start({}, { N8N_RESTRICT_FILE_ACCESS_TO: rig.allowed });
		});
		afterAll(async () => {
			await rig.roche.stop();
			rmSync(rig.allowed, { recursive: true, force: true });
		});
		beforeEach(async () => await rig.roche.reset());
		return rig;
	}

	get roche(): Roche {
		if (this.started === undefined) throw new Error('The engine has not been started');
		return this.started;
	}

	newFolder(): string {
		return join(this.allowed, `inbox-${(this.count += 1)}`);
	}

	async storeAll(folder: string, messages: number): Promise<NotificationItem[]> {
		const items = (await this.roche.notifications(messages)).map(({ item }) => item);
		await this.roche.run(items, [TOKEN, FETCH, inbox(folder, 'store')]);
		return items;
	}
}
