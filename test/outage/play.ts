import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Checks } from '../e2e/checks';
import { withProgress } from '../real-n8n/progress';
import type { SandboxClient } from '../sandbox/process';
import { type Account, drawUp, inFlight, line } from './account';
import { realMs, type Scenario } from './scenario';
import { announceAll, type Posted, putFiles } from './traffic';

/** The n8n in which the scenario runs: a single process or queue mode. */
export interface Stage {
	sandbox: SandboxClient;
	/** The inbox folder. */
	folder: string;
	/** Receives Roche's notifications. */
	webhookUrl: string;
	/**
	 * Kills n8n, or one of its workers, in the middle of its work. A single n8n is started again.
	 * @param count - called after the kill, before the restart; its result is returned
	 */
	kill: (count: () => Promise<number>) => Promise<number>;
	/** Time and text of the alarms of the watching workflow. */
	alarms: () => Promise<Array<{ at: number; says: string }>>;
}

/** From the last notification to the last delivery, in ms: the longest pause, then the delivery of the waiting files. */
const SETTLE_TIMEOUT = 300_000;
const POLL_INTERVAL = 1000;
const WINDOW_HOURS = 1.5;
/** Enough faults for each attempt of each run. */
const ALWAYS = 1_000_000;

/**
 * Plays the scenario and checks that with the inbox nothing is lost, that only files in flight at a kill are delivered twice, and that the
 * alarm comes in time.
 */
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
				// Real time during the kill: n8n needs as long to restart as it would with Roche's real clock.
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
	console.log(`  with the inbox    ${line(account)}   (${flying} files in flight at the kills)`);
	console.log(`  without the inbox ${line(without)}\n`);
	await check(checks, stage, scenario, { account, without, flying, s3AwayAt, byInbox });
}

async function settled({ sandbox, folder }: Stage, posted: Posted[]): Promise<Account> {
	const deadline = Date.now() + SETTLE_TIMEOUT;
	let account = await drawUp(sandbox, posted, folder);
	await withProgress(
		'Waiting for the remaining messages',
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
	await checks.check(`all ${messages} messages are stored, acknowledged and delivered; none is lost`, () => {
		const all = { posted: messages, stored: messages, acknowledged: messages, delivered: messages, lost: 0 };
		assert.deepEqual({ ...account, twice: 0 }, { ...all, twice: 0 });
	});
	await checks.check(`only files in flight at a kill are delivered twice (${account.twice} of ${flying})`, () => {
		assert.ok(account.twice <= flying);
	});
	await checks.check('the alarm comes before the time window of the first file that S3 refused ends', async () => {
		const first = byInbox.find(({ at }) => at >= s3AwayAt);
		assert.ok(first, 'Nothing was posted while S3 was unavailable');
		const until = first.at + realMs(scenario, WINDOW_HOURS);
		const alarms = await stage.alarms();
		const inTime = alarms.filter(({ at, says }) => at >= first.at && at < until && says.includes('not stored yet'));
		assert.ok(inTime.length > 0, `Alarms: ${JSON.stringify(alarms.slice(0, 5))}`);
	});
	await checks.check('an alarm says that the EMR takes no files', async () => {
		assert.ok((await stage.alarms()).some(({ says }) => says.includes("The hospital's system has not taken")));
	});
	await checks.check(`without the inbox files are lost (${without.lost})`, () => {
		assert.ok(without.lost > 0);
	});
}
