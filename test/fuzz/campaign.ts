import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { N8nLine } from '../real-n8n/install';
import { generate } from './generate';
import type { ViolationKind } from './judge';
import type { FuzzCase } from './model';
import { printCase } from './print';
import { seedOf } from './random';
import { Rig } from './rig';
import { shrink } from './shrink';
import { tryAll, type Result } from './trial';

/** Folder of the saved cases; test/ack/fuzz-cases.test.ts runs each file again. */
export const CASES_FOLDER = join(__dirname, 'cases');

const BATCH = 40;
/** Number of workflows after which engine and sandbox are restarted, because their memory grows. */
const RIG_LASTS = 2_000;
/** Maximum number of cases of each kind that are shrunk and shown. */
const SHOWN_OF_A_KIND = 3;
const SHRINK_MS = 60_000;

export interface CampaignOptions {
	line: N8nLine;
	seed: number;
	graphs: number;
	/** Whether to save the cases found in {@link CASES_FOLDER}. */
	save?: boolean;
	/** How many of each kind are shrunk and shown; default 3. */
	shown?: number;
	/** Folder of another build of the package. */
	packageDirectory?: string;
}

class Campaign {
	readonly found = new Map<ViolationKind, number>();
	private readonly results: Array<Omit<Result, 'given'>> = [];
	private readonly useless = new Map<string, number>();
	private readonly started = Date.now();
	private wrong = 0;

	constructor(
		private readonly options: CampaignOptions,
		private rig: Rig,
	) {}

	async run(): Promise<void> {
		const { graphs, seed, line } = this.options;
		for (let start = 0; start < graphs; start += BATCH) {
			if (start > 0 && start % RIG_LASTS === 0) {
				await this.rig.stop();
				this.rig = await Rig.start(line, this.options.packageDirectory);
			}
			const numbers = Array.from({ length: Math.min(BATCH, graphs - start) }, (_, index) => start + index);
			const results = await tryAll(
				this.rig,
				numbers.map((number) => generate(seedOf(seed, number))),
			);
			for (const [index, result] of results.entries()) await this.note(result, start + index);
		}
	}

	async stop(): Promise<void> {
		await this.rig.stop();
	}

	private async note(result: Result, number: number): Promise<void> {
		const { given, ...rest } = result;
		this.results.push({ ...rest, violations: [] });
		if (result.useless !== undefined) {
			const why = result.useless.slice(0, 90);
			this.useless.set(why, (this.useless.get(why) ?? 0) + 1);
		}
		if (result.violations.length > 0) this.wrong += 1;
		for (const kind of new Set(result.violations.map((violation) => violation.kind))) {
			const count = (this.found.get(kind) ?? 0) + 1;
			this.found.set(kind, count);
			if (count <= (this.options.shown ?? SHOWN_OF_A_KIND)) await this.show(given, kind, number);
		}
	}

	private async show(given: FuzzCase, kind: ViolationKind, number: number): Promise<void> {
		const isWrong = async (cases: FuzzCase[]) =>
			(await tryAll(this.rig, cases)).map(({ violations }) => violations.some((violation) => violation.kind === kind));
		const smallest = await shrink(given, isWrong, Date.now() + SHRINK_MS);
		const [again] = await tryAll(this.rig, [smallest]);
		const text = again?.violations.find((violation) => violation.kind === kind)?.text ?? 'not again';
		const json = JSON.stringify(smallest, null, '\t');
		console.log(`\n${kind}, seed ${this.options.seed}, number ${number}: ${text}\n${printCase(smallest)}`);
		const name = `${kind}-${createHash('sha256').update(json).digest('hex').slice(0, 8)}.json`;
		if (this.options.save) writeFileSync(join(CASES_FOLDER, name), `${json}\n`);
		else console.log(JSON.stringify(smallest));
	}

	/** Prints the table of counts. @returns how many workflows passed and failed */
	report(): { passed: number; failed: number } {
		const sum = (value: (result: Omit<Result, 'given'>) => number) =>
			this.results.reduce((total, result) => total + value(result), 0);
		const tried = this.results.filter(({ useless }) => useless === undefined).length;
		const rows: Array<[string, number]> = [
			['graphs', this.results.length],
			['of no use', this.results.length - tried],
			['without anything to do', sum(({ useless, telling }) => (useless === undefined && !telling ? 1 : 0))],
			['requests', sum(({ requests }) => requests)],
			['failures injected', sum(({ failed }) => failed)],
			['acknowledged', sum(({ verdicts }) => verdicts.acknowledged)],
			['held back', sum(({ verdicts }) => verdicts.heldBack)],
			['waiting', sum(({ verdicts }) => verdicts.waiting)],
			['runs failed', sum(({ runFailed }) => (runFailed ? 1 : 0))],
			['seconds', Math.round((Date.now() - this.started) / 1000)],
		];
		console.log(rows.map(([what, count]) => `${what.padEnd(24)}${String(count).padStart(8)}`).join('\n'));
		for (const [why, count] of this.useless) console.log(`  of no use, ${count}: ${why}`);
		const count = (kind: ViolationKind) => this.found.get(kind) ?? 0;
		console.log(`${count('unsafe')} unsafe, ${count('stuck')} stuck, ${count('silent')} silent`);
		for (const kind of ['twice', 'stranger', 'hung'] as const)
			if (count(kind) > 0) console.log(`${count(kind)} ${kind}`);
		return { passed: tried - this.wrong, failed: this.wrong };
	}
}

/** Runs random workflows on an installed line, and prints the outcome. */
export async function runCampaign(options: CampaignOptions): Promise<{ passed: number; failed: number }> {
	console.log(`\nRandom workflows on n8n ${options.line}.x: ${options.graphs}, seed ${options.seed}`);
	const campaign = new Campaign(options, await Rig.start(options.line, options.packageDirectory));
	try {
		await campaign.run();
	} finally {
		await campaign.stop();
	}
	return campaign.report();
}
