import type { EmrFile, SandboxFile, SandboxMessage } from '../sandbox/types';

/** Roche delivers a message once, and up to three times more. */
const DELIVERIES = 4;

/** What became of the messages, by what Roche and the EMR say; n8n is not asked. */
export interface Ledger {
	/** Messages that the webhook accepted. */
	posted: number;
	/** Messages whose file the EMR has, byte for byte. */
	handled: number;
	/** Messages that were acknowledged after the EMR had their file. */
	acknowledged: number;
	/** Messages that were acknowledged before the EMR had their file, or that Roche has given up. */
	lost: number;
	/** How often the EMR received a file that it had. */
	duplicates: number;
	/** Messages that Roche delivered more than once. */
	redelivered: number;
}

/**
 * Draws up the account.
 *
 * @param files - as they lie in S3
 */
export function drawUp(files: SandboxFile[], messages: SandboxMessage[], received: EmrFile[]): Ledger {
	const byKey = new Map(files.map((file) => [file.key, file]));
	const intact = received.filter(({ name, sha256 }) => byKey.get(name)?.sha256 === sha256);
	// The first time that the EMR had each file.
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
