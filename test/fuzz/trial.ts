import { judge, verdictsOf, whatIsDue, type Due, type Verdicts, type Violation } from './judge';
import type { FuzzCase } from './model';
import type { Performance, Rig } from './rig';

/** Number of workflows that n8n runs concurrently. */
const AT_ONCE = 4;

export interface Result {
	given: FuzzCase;
	violations: Violation[];
	/** Why it proves nothing: n8n refuses the workflow, or it fails without injected failures. */
	useless: string | undefined;
	verdicts: Verdicts;
	requests: number;
	/** Number of failed requests. */
	failed: number;
	runFailed: boolean;
	/** Whether a request was due, or an item arrived at the ACK. */
	telling: boolean;
}

interface Tried {
	given: FuzzCase;
	due: Due;
	performance: Performance;
}

const NOTHING: Verdicts = { acknowledged: 0, heldBack: 0, waiting: 0 };

async function tryOne(rig: Rig, given: FuzzCase): Promise<Tried | { given: FuzzCase; error: string }> {
	try {
		const due = await whatIsDue(rig, given);
		if (due.broken !== undefined) return { given, error: due.broken };
		return { given, due, performance: await rig.perform(given) };
	} catch (error) {
		return { given, error: error instanceof Error ? error.message : String(error) };
	}
}

/** Runs the work for several values concurrently. Returns the outcomes in the order of the values. */
async function severalAtOnce<T, R>(values: T[], work: (value: T) => Promise<R>): Promise<R[]> {
	const outcomes: R[] = [];
	const left = values.entries();
	const worker = async () => {
		for (const [index, value] of left) outcomes[index] = await work(value);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
	return outcomes;
}

/** Runs workflows and judges them. Nothing else may use the rig meanwhile, because the ACK requests of all are read together. */
export async function tryAll(rig: Rig, cases: FuzzCase[]): Promise<Result[]> {
	const tried = await severalAtOnce(cases, async (given) => await tryOne(rig, given));
	const requests = await rig.takeAckRequests();
	const known = new Set(
		tried.flatMap((one) =>
			'performance' in one ? one.performance.announced.map((item) => item.MessageReceiptHandle) : [],
		),
	);
	const strange = requests.filter(({ headers }) => !known.has(headers.receipthandle ?? ''));
	return tried.map((one, index): Result => {
		const { given } = one;
		if ('error' in one) {
			const empty = { violations: [], requests: 0, failed: 0, runFailed: false, telling: false };
			return { given, useless: one.error, verdicts: NOTHING, ...empty };
		}
		const { due, performance } = one;
		const violations = judge(given, due, performance, requests);
		// Its workflow cannot be determined.
		if (index === 0 && strange.length > 0) violations.push({ kind: 'stranger', text: 'An unknown handle was sent' });
		return {
			given,
			violations,
			useless: undefined,
			verdicts: verdictsOf(given, performance),
			requests: performance.deliveries.length,
			failed: performance.deliveries.filter(({ well }) => !well).length,
			runFailed: performance.run.status !== 'success',
			telling: due.requests.length > 0 || due.arriving.size > 0,
		};
	});
}
