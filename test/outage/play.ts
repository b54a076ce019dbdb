import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Checks } from '../e2e/checks';
import { withProgress } from '../real-n8n/progress';
import type { SandboxClient } from '../sandbox/process';
import { type Account, drawUp, inFlight, line } from './account';
import { realMs, type Scenario } from './scenario';
import { announceAll, type Posted, putFiles } from './traffic';

/** Where the scenario takes place: one n8n, or one in queue mode. */
export interface Stage {
	sandbox: SandboxClient;
	/** Of the inbox. */
	folder: string;
	/** Takes Roche's notifications. */
	webhookUrl: string;
	/**
	 * Kills n8n, or a part of it, in the middle of its work, and sees to it that the rest goes on.
	 * @param count - asked when it is dead
	 */
	kill: (count: () => Promise<number>) => Promise<number>;
	/** When the workflow that watches raised its alarms, and what each said. */
	alarms: () => Promise<Array<{ at: number; says: string }>>;
}

/** From the last notification to the last delivery, in ms: the longest pause, and what waits then. */
const SETTLE_TIMEOUT = 300_000;
const POLL_INTERVAL = 1000;
const WINDOW_HOURS = 1.5;
/** S3 refuses each attempt of each run. */
const ALWAYS = 1_000_000;

/** Plays the scenario, and checks that with the inbox nothing is lost, that nothing is delivered twice but what was in flight, and that the alarm came in time. */
export async function play(checks: Checks, stage: Stage, scenario: Scenario): Promise<void> {
	const { sandbox, folder } = stage;
	const keys = await withProgress(`Putting ${scenario.messages} files into S3`, async () => {
		return await putFiles(sandbox, scenario.messages);
	});
	const began = Date.now();
	const at = async (hours: number, work: () => Promise<unknown>): Promise<void> => {
		await sleep(Math.max(0, began + realMs(scenario, hours) - Date.now()));
		await work();
	};
	let flying = 0;
	let s3AwayAt = 0;
	const happenings = [
		at(scenario.emrAway.from, async () => await sandbox.settings({ emrStatus: 503 })),
		at(scenario.emrAway.to, async () => await sandbox.settings({ emrStatus: null })),
		at(scenario.s3Away.from, async () => {
			s3AwayAt = Date.now();
			await sandbox.fault({ target: 's3', times: ALWAYS, fault: { kind: 'status', status: 503 } });
		}),
		at(scenario.s3Away.to, async () => await sandbox.clearFaults()),
		...scenario.kills.map(async (hours) => {
			await at(hours, async () => {
				// n8n is back after a minute of Roche's own time, too: Roche's clock runs as fast as ours meanwhile.
				await sandbox.settings({ redeliverySpeed: 1 });
				flying += await stage.kill(async () => await inFlight(folder));
				await sandbox.settings({ redeliverySpeed: scenario.speed });
			});
		}),
	];
	const posted = await withProgress(
		`${scenario.hours} hours, ${scenario.speed} times as fast`,
		async () => {
			const all = await announceAll(sandbox, keys, scenario, stage.webhookUrl);
			await Promise.all(happenings);
			return all;
		},
		() => `hour ${((Date.now() - began) / realMs(scenario, 1)).toFixed(1)}`,
	);
	const byInbox = posted.filter(({ way }) => way === 'inbox');
	const account = await settled(stage, byInbox);
	const without = await drawUp(
		sandbox,
		posted.filter(({ way }) => way === 'webhook'),
	);
	console.log('\n                  posted / stored / acknowledged / delivered / lost / twice');
	console.log(`  with the inbox    ${line(account)}   (${flying} in flight at the kills)`);
	console.log(`  the webhook alone ${line(without)}\n`);
	await check(checks, stage, scenario, { account, without, flying, s3AwayAt, byInbox });
}

async function settled({ sandbox, folder }: Stage, posted: Posted[]): Promise<Account> {
	const deadline = Date.now() + SETTLE_TIMEOUT;
	let account = await drawUp(sandbox, posted, folder);
	await withProgress(
		'Waiting for what is left',
		async () => {
			while ((account.delivered < posted.length || account.acknowledged < posted.length) && Date.now() < deadline) {
				await sleep(POLL_INTERVAL);
				account = await drawUp(sandbox, posted, folder);
			}
		},
		() => line(account),
	);
	return account;
}

interface Result {
	account: Account;
	without: Account;
	flying: number;
	s3AwayAt: number;
	byInbox: Posted[];
}

async function check(checks: Checks, stage: Stage, scenario: Scenario, result: Result): Promise<void> {
	const { account, without, flying, s3AwayAt, byInbox } = result;
	const { messages } = scenario;
	await checks.check(`${messages} messages posted, stored, acknowledged and delivered, none lost`, () => {
		const all = { posted: messages, stored: messages, acknowledged: messages, delivered: messages, lost: 0 };
		assert.deepEqual({ ...account, twice: 0 }, { ...all, twice: 0 });
	});
	await checks.check(`twice at most what was in flight at the kills (${account.twice} of ${flying})`, () => {
		assert.ok(account.twice <= flying);
	});
	await checks.check('the alarm came before the end of the window of the first file that S3 refused', async () => {
		const first = byInbox.find(({ at }) => at >= s3AwayAt);
		assert.ok(first, 'Nothing was posted while S3 was away');
		const until = first.at + realMs(scenario, WINDOW_HOURS);
		const alarms = await stage.alarms();
		const inTime = alarms.filter(({ at, says }) => at >= first.at && at < until && says.includes('not stored yet'));
		assert.ok(inTime.length > 0, `Alarms: ${JSON.stringify(alarms.slice(0, 5))}`);
	});
	await checks.check('an alarm said that the EMR takes no files', async () => {
		assert.ok((await stage.alarms()).some(({ says }) => says.includes("The hospital's system has not taken")));
	});
	await checks.check(`without the inbox files were lost (${without.lost})`, () => {
		assert.ok(without.lost > 0);
	});
}
