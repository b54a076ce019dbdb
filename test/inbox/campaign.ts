import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildChild, Child } from './children';
import { drain } from './messages';

/** Outcome of two processes on one inbox that were killed repeatedly. */
export interface Outcome {
	kills: number;
	stored: number;
	delivered: number;
	/** Stored, but not delivered at the end. */
	lost: string[];
	/** Delivered more than once, although no process was killed between the delivery and the mark. */
	twice: string[];
	/** Delivered again because of a kill in between, which cannot be prevented. */
	inFlight: number;
	damaged: number;
	/** Error output of processes that ended without a kill. */
	errors: string[];
}

/** Time for which a process works before it is killed, in ms. */
const LIFETIME = { from: 1, to: 250 };

/**
 * Runs two processes that store, deliver and release on one folder, kills them at random moments, and delivers the rest at the end.
 *
 * @param kills - number of kills
 * @param progress - called after each kill
 */
export async function killAtRandom(
	kills: number,
	progress: (done: number) => void = () => undefined,
): Promise<Outcome> {
	const folder = await mkdtemp(join(tmpdir(), 'roche-inbox-'));
	try {
		const program = await buildChild(folder);
		const [inbox, log] = [join(folder, 'inbox'), join(folder, 'log')];
		await mkdir(inbox);
		await writeFile(log, '');
		const errors: string[] = [];
		let done = 0;
		const keepBusy = async (name: string): Promise<void> => {
			for (let life = 1; done < kills; life += 1) {
				const child = Child.start(program, ['work', inbox, log, `${name}${life}`]);
				await child.begun();
				await sleep(randomInt(LIFETIME.from, LIFETIME.to));
				const { signal, errors: said } = await child.kill();
				if (signal !== 'SIGKILL') errors.push(said);
				done += 1;
				progress(done);
			}
		};
		await Promise.all([keepBusy('a'), keepBusy('b')]);
		return { ...(await account(inbox, log)), kills: done, errors };
	} finally {
		await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	}
}

async function account(inbox: string, log: string): Promise<Omit<Outcome, 'kills' | 'errors'>> {
	const lines = (await readFile(log, 'utf8')).trim().split('\n');
	const noted = (what: string): string[] => lines.filter((line) => line.startsWith(`${what} `));
	const idOf = (line: string): string => line.split(' ')[1] ?? '';
	const rest = await drain(inbox);
	const deliveries = [...noted('delivered').map(idOf), ...rest.map(({ messageId }) => messageId)];
	const counts = new Map<string, number>();
	for (const id of deliveries) counts.set(id, (counts.get(id) ?? 0) + 1);
	const marked = new Set(noted('done').map((line) => line.replace('done', 'delivered')));
	// The process that delivered it was killed before it could log this.
	const interrupted = new Map<string, number>();
	for (const line of noted('delivered')) {
		if (!marked.has(line)) interrupted.set(idOf(line), (interrupted.get(idOf(line)) ?? 0) + 1);
	}
	const stored = new Set(noted('stored').map(idOf));
	const more = [...counts].filter(([, count]) => count > 1);
	return {
		stored: stored.size,
		delivered: deliveries.length,
		lost: [...stored].filter((id) => !counts.has(id)),
		twice: more.flatMap(([id, count]) => (count > 1 + (interrupted.get(id) ?? 0) ? [id] : [])),
		inFlight: more.length,
		damaged: noted('damaged').length + rest.filter(({ isIntact }) => !isIntact).length,
	};
}
