import type { EmrFile, SandboxFile, SandboxMessage } from '../sandbox/types';

/** Roche delivers a message once, and redelivers it up to three times. */
const DELIVERIES = 4;

/** Outcome of the messages according to Roche and the EMR, without asking n8n. */
export interface Ledger {
	/** Messages that the webhook accepted. */
	posted: number;
	/** Messages whose file the EMR has, byte for byte. */
	handled: number;
	/** Messages that were acknowledged after the EMR had their file. */
	acknowledged: number;
	/** Messages that were acknowledged before the EMR had their file, or that Roche no longer redelivers. */
	lost: number;
	/** How often the EMR received a file that it already had. */
	duplicates: number;
	/** Messages that Roche delivered more than once. */
	redelivered: number;
}

/**
 * Returns the outcome of the messages.
 *
 * @param files - the files in S3
 */
export function drawUp(files: SandboxFile[], messages: SandboxMessage[], received: EmrFile[]): Ledger {
	const byKey = new Map(files.map((file) => [file.key, file]));
	const intact = received.filter(({ name, sha256 }) => byKey.get(name)?.sha256 === sha256);
	// Time of the first arrival of each file; in reverse order, so the first one wins.
	const handledAt = new Map(intact.toReversed().map(({ name, at }) => [name, Date.parse(at)]));
	const outcomes = messages.map((message) => outcome(message, handledAt.get(message.objectKey)));
	const count = (which: (one: Outcome) => boolean): number => outcomes.filter(which).length;
	return {
		posted: messages.filter(({ deliveries }) => deliveries[0]?.callbackStatus === 200).length,
		handled: count(({ handled }) => handled),
		acknowledged: count(({ state }) => state === 'acknowledged'),
		lost: count(({ state }) => state === 'lost'),
		duplicates: received.length - new Set(received.map(({ name }) => name)).size,
		redelivered: messages.filter(({ deliveries }) => deliveries.length > 1).length,
	};
}

interface Outcome {
	handled: boolean;
	state: 'acknowledged' | 'lost' | 'open';
}

function outcome({ acknowledgedAt, deliveries }: SandboxMessage, handledAt: number | undefined): Outcome {
	const handled = handledAt !== undefined;
	if (acknowledgedAt === undefined) return { handled, state: deliveries.length < DELIVERIES ? 'open' : 'lost' };
	const inTime = handled && handledAt <= Date.parse(acknowledgedAt);
	return { handled, state: inTime ? 'acknowledged' : 'lost' };
}
